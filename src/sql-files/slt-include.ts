import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Files that a pattern names, in the order of their names: `*` and `?` stand for what a name has in their place. */
export function filesOf(pattern: string, folder: string): string[] {
  const [first = '', ...rest] = pattern.split('/')
  return pattern.startsWith('/') ? walk('/', rest) : walk(resolve(folder), [first, ...rest])
}

function walk(folder: string, [segment = '', ...rest]: readonly string[]): string[] {
  if (segment === '' || segment === '.') return rest.length === 0 ? [] : walk(folder, rest)
  if (segment === '..') return walk(join(folder, '..'), rest)
  const isName = nameMatcher(segment)
  const entries = namesIn(folder).filter(({ name }) => isName(name))
  const paths = entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))
  return paths.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (rest.length > 0) return walk(path, rest)
    return entry.isDirectory() ? [] : [path]
  })
}

function namesIn(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    // A folder that can't be read has no file of that name: whoever asked says so.
    return []
  }
}

function nameMatcher(segment: string): (name: string) => boolean {
  if (!/[*?]/.test(segment)) return (name) => name === segment
  const source = segment
    .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const pattern = new RegExp(`^${source}$`, 's')
  return (name) => pattern.test(name) && (segment.startsWith('.') || !name.startsWith('.'))
}
