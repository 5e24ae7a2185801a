import type { Duration } from '../duration.ts'
import { toMs } from '../duration.ts'
import { DeadlineError, TiDBError } from '../errors.ts'
import type { ImportJob } from '../import-jobs/import-job.ts'
import { WatchedImportJob, type WatchWaitOptions } from '../import-jobs/watched-import-job.ts'
import type { MatcherState } from './other-failure.ts'
import { formatCount, formatDuration, formatQuantity } from '../number-format.ts'

/** The watched job that `importJobs.start()` or `watch()` returned. */
export function watchedOf(received: unknown, matcher: string): WatchedImportJob {
  if (received instanceof WatchedImportJob) return received
  throw new TypeError(
    `${matcher}() takes a watched import job, what importJobs.start() or importJobs.watch() returned, not ${typeof received}`,
  )
}

/** How the job ended; or that it did not in time, in words. Whatever else is wrong is thrown. */
type Ending =
  { readonly job: ImportJob; readonly late?: undefined } | { readonly job?: undefined; readonly late: string }

export async function endingOf(watched: WatchedImportJob, options: WatchWaitOptions = {}): Promise<Ending> {
  try {
    return { job: await watched.ended(options) }
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw blamed(watched, error)
    return { late: error.message }
  }
}

/** A job that can't be watched fails the run as well: the report is to show it. */
export function blamed(watched: WatchedImportJob, error: unknown): unknown {
  if (error instanceof TiDBError) watched.fault(error.message)
  return error
}

interface Verdict {
  readonly pass: boolean
  /** What came instead, in words: `it failed`. */
  readonly but: string
}

/** A result as vitest takes it, with the job's time line; if it fails, the report shows the job first. */
export function judged(
  watched: WatchedImportJob,
  isNot: boolean,
  expected: string,
  { pass, but }: Verdict,
): { pass: boolean; message: () => string } {
  const said = `expected import job ${watched.id} (${watched.name}) ${isNot ? 'not ' : ''}${expected}, but ${but}`
  if (pass === isNot) watched.fault(said)
  return { pass, message: () => `${said}\n${watched.timeLine()}` }
}

/** How a job ended, in words. */
export function words(ending: Ending, watched: WatchedImportJob): string {
  const { job } = ending
  if (job === undefined) return ending.late
  const rows = watched.rows === undefined ? '' : ` with ${formatQuantity(watched.rows, 'row')}`
  return `it ${HOW[job.status] ?? `ended as ${job.status}`}${rows}${said(job)}`
}

const HOW: Readonly<Record<string, string>> = {
  finished: 'finished',
  failed: 'failed',
  cancelled: 'was cancelled',
  vanished: 'vanished: the server no longer has it',
}

function said({ resultMessage }: ImportJob): string {
  return resultMessage === '' ? '' : `\n  server said: ${resultMessage}`
}

/** `await expect(job).toFinish({ within: '30m' })` */
export async function toFinish(this: MatcherState, received: unknown, options: WatchWaitOptions = {}) {
  const watched = watchedOf(received, 'toFinish')
  const ending = await endingOf(watched, options)
  const verdict = { pass: ending.job?.status === 'finished', but: words(ending, watched) }
  return judged(watched, this.isNot ?? false, 'to finish', verdict)
}

/** Rows: exactly so many, or from and to (both included). */
export type RowRange =
  | number
  | bigint
  | { readonly min?: number | bigint | undefined; readonly max?: number | bigint | undefined }
  | readonly [min: number | bigint, max: number | bigint]

/** `await expect(job).toHaveImported(1_000_000)`, or `{ min: 900_000 }`, or `[900_000, 1_100_000]` */
export async function toHaveImported(
  this: MatcherState,
  received: unknown,
  rows: RowRange,
  options?: WatchWaitOptions,
) {
  const watched = watchedOf(received, 'toHaveImported')
  const { min, max } = limits(rows)
  const ending = await endingOf(watched, options)
  // What a job that failed had imported by then is not imported.
  const imported = ending.job?.status === 'finished' ? ending.job.importedRows : undefined
  const pass = imported !== undefined && imported >= min && (max === undefined || imported <= max)
  const but =
    ending.job?.status === 'finished' && imported === undefined
      ? 'the server does not say how many'
      : words(ending, watched)
  return judged(watched, this.isNot ?? false, `to have imported ${describe(min, max)}`, { pass, but })
}

function limits(rows: RowRange): { readonly min: number | bigint; readonly max: number | bigint | undefined } {
  if (typeof rows === 'number' || typeof rows === 'bigint') return { min: rows, max: rows }
  const { min = 0, max } = Array.isArray(rows)
    ? { min: rows[0], max: rows[1] }
    : (rows as { min?: number; max?: number })
  return { min, max }
}

function describe(min: number | bigint, max: number | bigint | undefined): string {
  if (max === undefined) return `${formatCount(min)} or more rows`
  return min === max ? formatQuantity(min, 'row') : `${formatCount(min)} to ${formatQuantity(max, 'row')}`
}

/** `await expect(job).toFailImport(/duplicate/)`: the job fails, and the server says why in these words. */
export async function toFailImport(
  this: MatcherState,
  received: unknown,
  pattern?: string | RegExp,
  options?: WatchWaitOptions,
) {
  const watched = watchedOf(received, 'toFailImport')
  const ending = await endingOf(watched, options)
  const pass = ending.job?.status === 'failed' && matches(ending.job.resultMessage, pattern)
  const expected = `to fail${pattern === undefined ? '' : ` with ${String(pattern)}`}`
  return judged(watched, this.isNot ?? false, expected, { pass, but: words(ending, watched) })
}

function matches(message: string, pattern: string | RegExp | undefined): boolean {
  if (pattern === undefined) return true
  if (typeof pattern === 'string') return message.includes(pattern)
  // A pattern with the flag g goes on where it stopped the last time.
  return message.search(pattern) >= 0
}

/** `await expect(job).toBeCancelled()` */
export async function toBeCancelled(this: MatcherState, received: unknown, options?: WatchWaitOptions) {
  const watched = watchedOf(received, 'toBeCancelled')
  const ending = await endingOf(watched, options)
  const verdict = { pass: ending.job?.status === 'cancelled', but: words(ending, watched) }
  return judged(watched, this.isNot ?? false, 'to be cancelled', verdict)
}

export interface ProgressOptions extends WatchWaitOptions {
  /** Longest time without progress that is allowed. */
  readonly every: Duration
  /** How long it is watched: a job that still makes progress then has passed. Default: until it ends, within `within`. */
  readonly during?: Duration | undefined
}

/**
 * `await expect(job).toProgress({ every: '1m', within: '8h' })`: until it ends, the job never goes that long without
 * progress; and it finishes.
 */
export async function toProgress(this: MatcherState, received: unknown, options: ProgressOptions) {
  const watched = watchedOf(received, 'toProgress')
  const { during, within = during, signal } = options
  const everyMs = toMs(options.every, 'every')
  const expected = `to progress every ${formatDuration(everyMs)}`
  const isNot = this.isNot ?? false
  const stalled = () => watched.longestIdleMs > everyMs
  const what = `to end, or to go ${formatDuration(everyMs)} without progress`
  try {
    await watched.until(what, ({ job }) => !job.active || stalled(), { within, signal })
  } catch (error) {
    // That the time is up is no fault of a job that moves, if no end was asked for.
    const timeIsUp = error instanceof DeadlineError || (watched.over && watched.job?.active === true)
    if (!timeIsUp) throw blamed(watched, error)
    // What nobody could see has not moved.
    const seen = watched.snapshot !== undefined && watched.snapshot.gap === undefined
    const pass = during !== undefined && seen
    return judged(watched, isNot, expected, { pass, but: pass ? 'it did' : (error as Error).message })
  }
  if (stalled()) {
    const but = `there was no progress for ${formatDuration(watched.longestIdleMs)}`
    return judged(watched, isNot, expected, { pass: false, but })
  }
  const ending = await endingOf(watched, { within, signal })
  const verdict = { pass: ending.job?.status === 'finished', but: words(ending, watched) }
  return judged(watched, isNot, expected, verdict)
}
