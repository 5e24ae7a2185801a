import { createReadStream, existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import type { Readable } from 'node:stream'

/** Folder of tests beside a folder `r` of results, as TiDB and MySQL have them. */
const TESTS = `${sep}t${sep}`

/** What a file is called: its path below the folder `t`, or else below the root of the project, without its extension. */
export function nameOf(file: string, root: string): string {
  const tests = file.lastIndexOf(TESTS)
  const path = tests === -1 ? relative(root, file) : file.slice(tests + TESTS.length)
  return path
    .replace(/\.[^.]*$/, '')
    .split(sep)
    .join('/')
}

/** The database of a file, named after it as mysql-tester names it. */
export function databaseOf(file: string, root: string): string {
  return nameOf(file, root).replaceAll('/', '__')
}

/**
 * Where the result of a file is recorded: beside it, or in the folder `r` beside its folder `t`. Of files whose name begins
 * with `collation` there may be two, for servers with and without new collations.
 */
export function resultFileOf(file: string, newCollation: boolean): string {
  const tests = file.lastIndexOf(TESTS)
  const below = `${sep}r${sep}`
  const inResults = tests === -1 ? file : `${file.slice(0, tests)}${below}${file.slice(tests + TESTS.length)}`
  const beside = file.replace(/\.[^.]*$/, '.result')
  const apart = inResults.replace(/\.[^.]*$/, '.result')
  const variant = (path: string) =>
    join(dirname(path), `${basename(path, '.result')}_${newCollation ? 'enabled' : 'disabled'}.result`)
  const candidates = [beside, apart, variant(beside), variant(apart)]
  const hasFolder = tests !== -1 && existsSync(join(file.slice(0, tests), 'r'))
  return candidates.find((path) => existsSync(path)) ?? (hasFolder ? apart : beside)
}

/**
 * Opens a file that a statement names, as LOAD DATA LOCAL does, by its path from the folder that holds the folder `t`, or
 * from the root of the project: only files within it are read.
 */
export function localFileOf(file: string, root: string): (path: string) => Readable | undefined {
  const tests = file.lastIndexOf(TESTS)
  const folder = tests === -1 ? root : file.slice(0, tests)
  return (path) => {
    const named = resolve(folder, path)
    if (!existsSync(named)) return undefined
    // A link may lead out of it.
    return realpathSync(named).startsWith(realpathSync(folder) + sep) ? createReadStream(named) : undefined
  }
}
