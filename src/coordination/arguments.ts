import { ConfigError } from '../errors.ts'
import type { Expected } from './expected.ts'

// What both kinds of coordinator are asked, and may refuse before anybody waits.

/** A whole number of something, from 1. @throws {ConfigError} that names the argument and what it holds. */
export function checkCount(argument: string, count: number): number {
  if (Number.isInteger(count) && count >= 1) return count
  throw new ConfigError([argument], `${argument} is ${count}`, { hints: ['give a whole number from 1'] })
}

/** Names of parties, each once. @throws {ConfigError} if there is none, or one stands twice. */
export function checkNames(argument: string, names: readonly string[]): readonly string[] {
  // A thousand parties ask this, each of a thousand names.
  if (names.length > 0 && new Set(names).size === names.length) return names
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  const what = twice === undefined ? 'names nobody' : `names ${JSON.stringify(twice)} twice`
  throw new ConfigError([argument], `${argument} ${what}`, { hints: ['give the name of each party once'] })
}

/** Who is to meet. @throws {ConfigError} if it is no whole number from 1, and no list of names that stand there once. */
export function checkParties(parties: Expected): Expected {
  return typeof parties === 'number' ? checkCount('parties', parties) : checkNames('parties', parties)
}
