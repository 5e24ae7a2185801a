import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { packageFile } from '../package-files.ts'

// Most lines of a go.sum are in several of ours, and checksums can't be compressed: the package ships all of them as one
// file, a quarter of its size less. Each line says by one digit in which of them it is.

/** Where `npm run build` puts them, in the package. */
export const MERGED = packageFile(join('dist', 'go.sums'))

/** Text of the go.sum of a Go module of ours, whose folder that is: as this repository has it, byte for byte. */
export function goSum(folder: string): string {
  const path = join(folder, 'go.sum')
  return existsSync(path) ? readFileSync(path, 'utf8') : sumOf(readFileSync(MERGED, 'utf8'), basename(folder))
}

/** Several go.sum as one text, by name. @throws {RangeError} if they have lines in orders that contradict each other. */
export function mergeSums(sums: Readonly<Record<string, string>>): string {
  const bits = new Map<string, number>()
  const next = new Map<string, string[]>()
  const waitsFor = new Map<string, number>()
  for (const [index, text] of Object.values(sums).entries()) {
    let before: string | undefined
    for (const line of linesOf(text)) {
      bits.set(line, (bits.get(line) ?? 0) | (1 << index))
      if (before !== undefined) {
        next.set(before, [...(next.get(before) ?? []), line])
        waitsFor.set(line, (waitsFor.get(line) ?? 0) + 1)
      }
      before = line
    }
  }
  // A line comes once all have come that are before it in any of them.
  const merged = [...bits.keys()].filter((line) => !waitsFor.has(line))
  for (const line of merged) {
    for (const after of next.get(line) ?? []) {
      const left = (waitsFor.get(after) ?? 0) - 1
      waitsFor.set(after, left)
      if (left === 0) merged.push(after)
    }
  }
  if (merged.length < bits.size) throw new RangeError('they have lines in orders that contradict each other')
  return [Object.keys(sums).join(' '), ...merged.map((line) => `${bits.get(line)?.toString(36)} ${line}`), ''].join(
    '\n',
  )
}

/** One of them, as it was. @throws {RangeError} if there is none of that name. */
export function sumOf(merged: string, name: string): string {
  const [names = '', ...lines] = linesOf(merged)
  const index = names.split(' ').indexOf(name)
  if (index === -1) throw new RangeError(`no go.sum of ${name}: there are ${names}`)
  const own = lines.filter((line) => (Number.parseInt(line, 36) & (1 << index)) !== 0)
  return own.map((line) => `${line.slice(line.indexOf(' ') + 1)}\n`).join('')
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}
