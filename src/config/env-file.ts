import type * as Dotenv from 'dotenv'
import { readFileSync } from 'node:fs'
import { ConfigError } from '../errors.ts'
import { lazyPackage } from '../lazy-package.ts'

const dotenv = lazyPackage<typeof Dotenv>('dotenv')

export interface EnvFile {
  readonly variables: Record<string, string>
  /** One line each, for the user: values that a `#` cuts. */
  readonly notes: readonly string[]
}

/**
 * The variables of a .env file, undefined if there is no such file. process.env is left alone.
 *
 * @throws {ConfigError} if the file is there and can't be read.
 */
export function readEnvFile(path: string): EnvFile | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new ConfigError(['.env'], `${path} can't be read: ${(cause as Error).message}`, { cause })
  }
  return { variables: dotenv().parse(text), notes: cutValues(text) }
}

const ASSIGNMENT = /^\s*(?:export\s+)?(TIDB_\w+)\s*[=:]/
const STAND_IN = '\u{1}'

/** Values that end at a `#` in their midst: unquoted, it begins a comment even without a space before it. */
function cutValues(text: string): string[] {
  const { parse } = dotenv()
  return text.split('\n').flatMap((line, index) => {
    const name = ASSIGNMENT.exec(line)?.[1]
    // What stands behind a space is meant as a comment.
    const within = line.replaceAll(/(?<!\s)#/g, STAND_IN)
    if (name === undefined || !parse(within)[name]?.includes(STAND_IN) || parse(line)[name]?.includes('#')) return []
    return [`${name} (.env, line ${index + 1}) is cut at its #, where a comment begins: quote the value`]
  })
}
