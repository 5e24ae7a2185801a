import { isActive, meaningOf } from '../import-jobs/job-status.ts'
import type { ImportRecord } from '../import-jobs/import-record.ts'

const DAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' })
const TICK_DAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' })

/** An ISO 8601 instant in ms since 1970; undefined if there is none. */
export function instant(iso: string | undefined): number | undefined {
  const ms = Date.parse(iso ?? '')
  return Number.isNaN(ms) ? undefined : ms
}

/** `22:14:05`, in UTC. */
export function clock(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19)
}

/** `3 Mar 2026, 22:14:05`, in UTC. */
export function dayAndClock(ms: number): string {
  return `${DAY.format(ms)}, ${clock(ms)}`
}

/**
 * A moment on an axis: the day at midnight, with its year if the axis has several, else hour and minute, and the second
 * if ticks are closer than a minute.
 */
export function tickText(ms: number, step: number, isOneYear = true): string {
  if (ms % 86_400_000 === 0) return (isOneYear ? TICK_DAY : DAY).format(ms)
  return step < 60_000 ? clock(ms) : clock(ms).slice(0, 5)
}

/** From when to when a job was there, in ms since 1970: `created` until `started` it waited. */
export interface Span {
  readonly created: number
  readonly started: number
  readonly ended: number
  /** False if the watch was over before the job was. */
  readonly over: boolean
}

/** The span of a job: by the server's clock, else as watched; undefined if no time is known. */
export function spanOf(record: ImportRecord): Span | undefined {
  const watched = instant(record.at)
  const ended = instant(record.endedAt) ?? watched
  if (ended === undefined) return undefined
  const length = record.durationMs ?? record.timeLine.at(-1)?.ms ?? record.curve.at(-1)?.ms ?? 0
  const pending = record.outcome === 'pending'
  const started =
    instant(record.startedAt) ?? (pending ? ended : Math.max(ended - length, instant(record.createdAt) ?? -Infinity))
  const created = Math.min(instant(record.createdAt) ?? started, started)
  return { created, started, ended: Math.max(ended, started), over: !isActive(meaningOf(record.outcome)) }
}
