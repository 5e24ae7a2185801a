import { readFileSync } from 'node:fs'
import { toMs } from '../duration.ts'
import { describeReason } from '../errors.ts'
import { dialects, sortModes, type SltDialect, type SortMode } from './slt-record.ts'
import { SqlFileError, type Place } from './sql-file-error.ts'

/** A file, or one that it includes. */
export interface Source {
  readonly file: string
  readonly lines: readonly string[]
  /** Line of the file that was asked for that includes this; undefined of that file itself. */
  readonly includedAt: number | undefined
  readonly depth: number
}

/** Variables of the loops around a line. */
export type Loops = ReadonlyMap<string, string>

/** A line that is read, up to where it may reach, and the loops around it. */
export interface Spot {
  readonly source: Source
  /** From 0. */
  readonly at: number
  /** The line behind the last. */
  readonly to: number
  readonly loops: Loops
}

/** Lines as they stand, without what ends them. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n')
  return text.includes('\r') ? lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)) : lines
}

/** By what DuckDB and CockroachDB write at the head of theirs, or by a comment `# dialect: sqlite` before the first record. */
export function dialectOf(source: Source): SltDialect {
  let found: SltDialect = 'auto'
  for (const [at, line] of source.lines.entries()) {
    if (line.trim() !== '' && !line.startsWith('#')) break
    const [, named] = /^#\s*dialect:\s*(\S+)\s*$/.exec(line) ?? []
    if (named !== undefined) {
      const dialect = dialects.find((name) => name === named)
      if (dialect === undefined) throw fault({ source, at }, `${named} is no dialect: ${dialects.join(', ')}`)
      return dialect
    }
    if (/^#\s*LogicTest:/.test(line)) found = 'cockroachdb'
    else if (/^#\s*group:\s*\[.*\]/.test(line)) found = 'duckdb'
  }
  return found
}

export function endOfLoop({ source, at, to }: Spot): number {
  let depth = 0
  for (let end = at; end < to; end += 1) {
    const [, word] = /^(loop|foreach|endloop)(?:\s|$)/.exec(source.lines[end] ?? '') ?? []
    if (word === undefined) continue
    depth += word === 'endloop' ? -1 : 1
    if (depth === 0) return end
  }
  throw fault({ source, at }, 'no endloop ends this')
}

/** What stands behind `error` on its line, as it stands there: blanks count in a pattern. */
export function textBehind(spot: Spot, outcome: string, rest: readonly string[], others: readonly string[]): string {
  // With a clause of retry there is no room for a pattern.
  if (others.length !== rest.length) return others.join(' ')
  const [, text = ''] = new RegExp(`^\\s*(?:statement|query)\\s+${outcome}\\s*(.*)$`).exec(lineOf(spot)) ?? []
  return text.trim()
}

/** A line with the variables of the loops around it. */
export function lineOf({ source, loops, at: own }: Spot, at = own): string {
  const line = source.lines[at] ?? ''
  if (loops.size === 0 || !line.includes('${')) return line
  return line.replace(/\$\{(\w+)\}/g, (all, name: string) => loops.get(name) ?? all)
}

export function durationOf(spot: Spot, text: string): number {
  // Of several parts, such as `1m30s`.
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-zµ]+)/gi)]
  const isWhole =
    parts
      .map(([all]) => all)
      .join('')
      .replaceAll(/\s/g, '') === text.replaceAll(/\s/g, '')
  try {
    if (parts.length === 0 || !isWhole) throw new RangeError(`${text} is no duration`)
    return parts.reduce((sum, [, number = '', unit = '']) => {
      if (/^(?:ns|nsec|us|µs|usec)$/.test(unit)) return sum + Number(number) / (unit.startsWith('n') ? 1e6 : 1e3)
      return sum + toMs(`${number}${unit}`, 'duration')
    }, 0)
  } catch (cause) {
    throw fault(spot, `${text === '' ? 'nothing' : text} is no duration, such as 500ms or 2s`, [], cause)
  }
}

/** A whole number. @throws {SqlFileError} if it is none, or less than that. */
export function numberOf(spot: Spot, what: string, text: string, least: number): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value) && value >= least) return value
  const from = least === 0 ? '' : ` from ${least}`
  throw fault(spot, `${what} needs a whole number${from}, and not ${text === '' ? 'nothing' : text}`)
}

export function readIncluded(spot: Spot, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file))
  } catch (cause) {
    throw fault(spot, `${file} can’t be read: ${describeReason(cause)}`, [], cause)
  }
}

/** Whether each character of a text is one byte. */
export function isPlain(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /^[\x00-\x7f]*$/.test(text)
}

/** Patterns among values, of which there is one in a cell. @throws {SqlFileError} if one can’t be read. */
export function readPatterns(spot: Spot, line: string): void {
  for (const cell of line.split('\t')) {
    const [, pattern] = /^<!?REGEX>:(.*)$/.exec(cell) ?? []
    try {
      if (pattern !== undefined) new RegExp(pattern)
    } catch (cause) {
      throw fault(spot, `the pattern can’t be read: ${describeReason(cause)}`, [], cause)
    }
  }
}

export function isSortMode(text: string): text is SortMode {
  return (sortModes as readonly string[]).includes(text)
}

export function placeOf({ source, at }: Pick<Spot, 'source' | 'at'>): Place {
  return { file: source.file, line: at + 1 }
}

export function fault(
  spot: Pick<Spot, 'source' | 'at'>,
  what: string,
  hints: readonly string[] = [],
  cause?: unknown,
): SqlFileError {
  return new SqlFileError(placeOf(spot), what, { hints, cause })
}
