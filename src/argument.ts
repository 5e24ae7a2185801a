import * as v from 'valibot'
import { toMs, type Duration } from './duration.ts'
import { ConfigError } from './errors.ts'
import { nearest } from './nearest.ts'

// What functions of this package may be given, for those who write no TypeScript, and for what types can't say.

/** A value that `usable` accepts; `allowed` says in words what that is. */
export function argument<T>(allowed: string, usable: (value: unknown) => boolean) {
  return v.custom<T>(usable, allowed)
}

/** Options with these names and no others; each may be left out, unless it is among `needed`. */
export function options<const Entries extends v.ObjectEntries>(entries: Entries) {
  const names = Object.keys(entries).join(', ')
  return v.strictObject(entries, ({ expected, path }) =>
    path === undefined ? `an object with ${names}` : expected === 'never' ? `no other options than ${names}` : 'it',
  )
}

export const duration = argument<Duration>("a number of ms, or text such as '500ms', '5s', '30m'", isDuration)

export const longerThanNothing = argument<Duration>(
  "a number of ms above 0, or text such as '500ms', '5s', '30m'",
  (value) => isDuration(value) && toMs(value as Duration, '') > 0,
)

export const signal = argument<AbortSignal>('an AbortSignal', (value) => value instanceof AbortSignal)

/**
 * Checks what a function was given.
 *
 * @param called what the argument is called: `rows`, `toProgress(options)`.
 * @throws {ConfigError} that names the argument, or the option in it, and what is allowed.
 */
export function demand<Schema extends v.GenericSchema>(schema: Schema, value: unknown, called: string): void {
  const { issues } = v.safeParse(schema, value, { abortEarly: true })
  const [issue] = issues ?? []
  if (issue === undefined) return
  const keys = (issue.path ?? []).map(({ key }) => String(key))
  const setting = [called, ...keys].join('.')
  const unknown = issue.type === 'strict_object' && issue.expected === 'never'
  const given = keys.length === 0 ? value : issue.path?.at(-1)?.value
  throw new ConfigError([setting], unknown ? `${setting} is no option` : `${setting} is ${printable(given)}`, {
    hints: [`give ${issue.message}`],
  })
}

/** Checks only how the options are called: what is in them, whoever takes them checks. @throws {ConfigError} as `demand`. */
export function knownOptions(given: object, names: readonly string[], called: string): void {
  const isMap = typeof given === 'object' && given !== null && !Array.isArray(given)
  const other = isMap ? Object.keys(given).find((name) => !names.includes(name)) : undefined
  if (isMap && other === undefined) return
  const setting = other === undefined ? called : `${called}.${other}`
  const what = other === undefined ? `${called} was given ${printable(given)}` : `${setting} is no option`
  throw new ConfigError([setting], what, {
    hints: [...meantBy(other, names), `give ${other === undefined ? 'an object with' : 'only'} ${names.join(', ')}`],
  })
}

function meantBy(other: string | undefined, names: readonly string[]): string[] {
  const meant = other === undefined ? undefined : nearest(other, names)
  return meant === undefined ? [] : [`did you mean ${meant}?`]
}

/** A value as an error shows it. */
export function printable(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number' || value instanceof Date || value instanceof RegExp) return String(value)
  const text =
    JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part)) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

function isDuration(value: unknown): boolean {
  if (typeof value !== 'number' && typeof value !== 'string') return false
  try {
    toMs(value, 'duration')
    return true
  } catch {
    return false
  }
}
