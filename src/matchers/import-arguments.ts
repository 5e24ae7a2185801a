import * as v from 'valibot'
import { argument, demand, duration, longerThanNothing, options, signal } from '../argument.ts'
import { toMs, type Duration } from '../duration.ts'
import { ConfigError } from '../errors.ts'
import { formatDuration } from '../number-format.ts'

// What the matchers of import jobs may be given.

const wait = { within: v.optional(duration), signal: v.optional(signal) }
const waitOptions = v.optional(options(wait))

/** @throws {ConfigError} unless these are options of a wait. */
export function demandWait(matcher: string, given: unknown): void {
  demand(waitOptions, given, `${matcher}(options)`)
}

const ROWS = 'a whole number of rows from 0 on, { min, max } with at least one of them, or [min, max]'

const rowRange = argument(ROWS, (value) => {
  if (isCount(value)) return true
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) {
    const [least, most] = value as readonly unknown[]
    return value.length === 2 && isCount(least) && isCount(most) && least <= most
  }
  const { min, max, ...others } = value as { readonly min?: unknown; readonly max?: unknown }
  if (Object.keys(others).length > 0 || (min === undefined && max === undefined)) return false
  if (![min, max].every((bound) => bound === undefined || isCount(bound))) return false
  return min === undefined || max === undefined || (min as number) <= (max as number)
})

function isCount(value: unknown): value is number | bigint {
  return typeof value === 'bigint' ? value >= 0n : Number.isSafeInteger(value) && (value as number) >= 0
}

/** @throws {ConfigError} unless these are rows. */
export function demandRows(given: unknown): void {
  demand(rowRange, given, 'toHaveImported(rows)')
}

const pattern = v.optional(
  argument('text that is not empty, or a RegExp', (value) =>
    typeof value === 'string' ? value !== '' : value instanceof RegExp,
  ),
)

/** @throws {ConfigError} unless this is a pattern. */
export function demandPattern(given: unknown): void {
  demand(pattern, given, 'toFailImport(pattern)')
}

const progressOptions = options({ ...wait, every: longerThanNothing, during: v.optional(longerThanNothing) })

interface Progress {
  readonly every: Duration
  readonly during?: Duration | undefined
  readonly within?: Duration | undefined
}

/** @throws {ConfigError} unless these are options of `toProgress`, and it can hold and fail with them. */
export function demandProgress(given: Progress): void {
  demand(progressOptions, given, 'toProgress(options)')
  const { every, during, within } = given
  if (during === undefined) return
  const duringMs = toMs(during, 'during')
  const demandOrder = (name: string, right: boolean, why: string) => {
    if (right) return
    const setting = `toProgress(options).${name}`
    throw new ConfigError([setting], `${setting} is ${why}`, {
      hints: ['give `every` <= `during`, and no `within` that is shorter'],
    })
  }
  const than = `than \`during\`, ${formatDuration(duringMs)}`
  demandOrder('every', toMs(every, 'every') <= duringMs, `longer ${than}: it could not fail`)
  demandOrder('within', within === undefined || toMs(within, 'within') >= duringMs, `shorter ${than}`)
}

const tolerance = argument<number>(
  'a share from 0 to 1, such as 0.2 for a fifth',
  (value) => typeof value === 'number' && value >= 0 && value <= 1,
)
const against = argument(
  'the path of a folder, or an ImportHistory',
  (value) =>
    (typeof value === 'string' && value !== '') ||
    (typeof value === 'object' && value !== null && 'last' in value && typeof value.last === 'function'),
)
const paceOptions = v.optional(options({ ...wait, tolerance: v.optional(tolerance), against: v.optional(against) }))

/** @throws {ConfigError} unless these are options of `toKeepPace`. */
export function demandPace(given: unknown): void {
  demand(paceOptions, given, 'toKeepPace(options)')
}

const since = argument<Duration | Date>(
  "how long ago, such as '24h' or a number of ms, or a Date",
  (value) => v.is(duration, value) || (value instanceof Date && !Number.isNaN(value.getTime())),
)
const sinceOptions = v.optional(options({ since: v.optional(since) }))

/** @throws {ConfigError} unless these are options of `toHaveNoFailedImports`. */
export function demandSince(given: unknown): void {
  demand(sinceOptions, given, 'toHaveNoFailedImports(options)')
}

const idleOptions = v.optional(options({ idle: v.optional(longerThanNothing) }))

/** @throws {ConfigError} unless these are options of `toHaveNoStalledImports`. */
export function demandIdle(given: unknown): void {
  demand(idleOptions, given, 'toHaveNoStalledImports(options)')
}
