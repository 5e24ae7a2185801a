import { printable } from '../argument.ts'
import { toMs, type Duration } from '../duration.ts'
import { ConfigError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { configuredLimits } from './configured-limits.ts'

/** One limit of a check: what it stands for, and what it is unless somebody gives another. */
export interface Limit<Given = unknown, Used = unknown> {
  readonly kind: 'duration' | 'ratio' | 'count' | 'names' | 'values'
  readonly standard: Given
  /** What it limits, in a few words. */
  readonly what: string
  /** What the check gets: durations in ms. @throws {ConfigError} if the value is of another kind; `called` names it. */
  readonly use: (given: unknown, called: string) => Used
}

export type Limits = Readonly<Record<string, Limit>>

/** The standard of a limit as it may be given again, as text; empty if there is none. */
export function shownStandard({ kind, standard }: Limit): string {
  return kind === 'values' ? '' : String(standard)
}

/** What may be given in the place of the standard limits. */
export type GivenLimits<L extends Limits> = { readonly [Name in keyof L]?: L[Name]['standard'] | undefined }

/** What `run` gets. */
export type UsedLimits<L extends Limits> = { readonly [Name in keyof L]: ReturnType<L[Name]['use']> }

/** A length of time; `run` gets it in ms. */
export function durationLimit(standard: Duration, what: string): Limit<Duration, number> {
  return {
    kind: 'duration',
    standard,
    what,
    use: (given, called) => toMs(typeof given === 'number' ? given : String(given), called),
  }
}

/** A part of a whole, from 0 to 1. */
export function ratioLimit(standard: number, what: string): Limit<number, number> {
  return { kind: 'ratio', standard, what, use: numberUpTo(1, 'a number from 0 to 1', () => true) }
}

/** A whole number from 0. */
export function countLimit(standard: number, what: string): Limit<number, number> {
  return { kind: 'count', standard, what, use: numberUpTo(Infinity, 'a whole number from 0', Number.isInteger) }
}

/** Names, such as those of accounts or tables that are left alone; as text, with commas between them. */
export function namesLimit(standard: readonly string[], what: string): Limit<readonly string[], readonly string[]> {
  return {
    kind: 'names',
    standard,
    what,
    use: (given, called) => {
      const names = typeof given === 'string' ? given.split(',').map((name) => name.trim()) : given
      if (Array.isArray(names) && names.every((name) => typeof name === 'string')) {
        return names.filter((name) => name !== '')
      }
      throw wrong(called, given, 'names, with commas between them')
    },
  }
}

/** Expected values, by name; as text, an object in JSON. None unless it is given. */
export function valuesLimit(what: string): Limit<Readonly<Record<string, Value>>, Readonly<Record<string, string>>> {
  return {
    kind: 'values',
    standard: {},
    what,
    use: (given, called) => {
      const values = typeof given === 'string' ? parsed(given) : given
      if (typeof values !== 'object' || values === null || Array.isArray(values)) throw wrong(called, given, VALUES)
      const entries = Object.entries(values as Readonly<Record<string, unknown>>)
      for (const [name, value] of entries) if (!isValue(value)) throw wrong(`${called}.${name}`, value, VALUE)
      return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
    },
  }
}

type Value = string | number | boolean
const VALUE = 'text, a number, true or false'
const VALUES = `an object of names and values, each ${VALUE}`

const isValue = (value: unknown): value is Value => ['string', 'number', 'boolean'].includes(typeof value)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * The limits of one check: what was given, else what is configured, else the standard.
 *
 * @throws {ConfigError} for a limit that the check does not have, or a value of the wrong kind.
 */
export function useLimits<L extends Limits>(check: string, limits: L, given: object = {}): UsedLimits<L> {
  for (const name of Object.keys(given)) if (!Object.hasOwn(limits, name)) throw unknownLimit(check, limits, name)
  const values = given as Readonly<Record<string, unknown>>
  const configured = configuredLimits(check)
  return Object.fromEntries(
    Object.entries(limits).map(([name, { use, standard }]) => [
      name,
      use(values[name] ?? configured[name] ?? standard, `${check}.${name}`),
    ]),
  ) as UsedLimits<L>
}

function unknownLimit(check: string, limits: Limits, name: string): ConfigError {
  const names = Object.keys(limits)
  const meant = nearest(name, names)
  const hint = names.length === 0 ? `${check} has no limits` : `the limits of ${check} are ${names.join(', ')}`
  return new ConfigError([name], `${check} has no limit ${printable(name)}`, {
    hints: [meant === undefined ? hint : `did you mean ${meant}? ${hint}`],
  })
}

function numberUpTo(most: number, allowed: string, usable: (value: number) => boolean) {
  return (given: unknown, called: string): number => {
    const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given
    if (typeof value === 'number' && value >= 0 && value <= most && usable(value)) return value
    throw wrong(called, given, allowed)
  }
}

function wrong(called: string, given: unknown, allowed: string): ConfigError {
  return new ConfigError([called], `${called} is ${printable(given)}`, { hints: [`give ${allowed}`] })
}
