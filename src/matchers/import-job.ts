import { chai } from 'vitest'
import { DeadlineError, TiDBError } from '../errors.ts'
import type { ImportJob } from '../import-jobs/import-job.ts'
import { WatchedImportJob, type WatchWaitOptions } from '../import-jobs/watched-import-job.ts'
import { shortMessage } from '../import-jobs/server-message.ts'
import { demandPattern, demandRows, demandWait } from './import-arguments.ts'
import type { MatcherState } from './other-failure.ts'
import { formatCount, formatQuantity } from '../number-format.ts'
import { harmless } from '../terminal-text.ts'

/** The watched job that `importJobs.start()` or `watch()` returned. */
export function watchedOf(received: unknown, matcher: string): WatchedImportJob {
  if (received instanceof WatchedImportJob) return received
  throw new TypeError(
    `${matcher}() takes a watched import job, what importJobs.start() or importJobs.watch() returned, not ${typeof received}`,
  )
}

/** How a job ended, of which that is known. */
interface Ending {
  readonly job: ImportJob
  readonly how: 'finished' | 'failed' | 'cancelled'
}

/** What a matcher asks of a job. */
export interface Question {
  readonly watched: WatchedImportJob
  readonly isNot: boolean
  /** In words: `to finish`. */
  readonly expected: string
}

/**
 * How the job ended.
 *
 * @throws if nobody knows: it did not end in time, the server forgot it, or has a status that no release has. That is no
 * verdict, neither this way nor with `not`.
 */
export async function endingOf(question: Question, options: WatchWaitOptions = {}): Promise<Ending> {
  const { watched } = question
  const job = await watched.ended(options).catch((error: unknown) => {
    if (error instanceof DeadlineError) throw unknown(question, error.message, error)
    throw blamed(watched, error)
  })
  const { meaning } = job
  if (meaning === 'finished' || meaning === 'failed' || meaning === 'cancelled') return { job, how: meaning }
  throw unknown(question, words(job, watched))
}

/** What an assertion fails with in both directions: what was asked is not known. */
export function unknown({ watched, isNot, expected }: Question, why: string, cause?: unknown): Error {
  const said = sentence({ watched, isNot, expected }, why)
  watched.fault(said)
  const both = isNot ? '\n  what is not known fails the assertion, under .not as well' : ''
  const error = new chai.AssertionError(harmless(`${said}${both}\n${watched.timeLine()}`))
  return cause === undefined ? error : Object.assign(error, { cause })
}

function sentence({ watched, isNot, expected }: Question, but: string): string {
  return `expected import job ${watched.id} (${watched.name}) ${isNot ? 'not ' : ''}${expected}, but ${but}`
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
export function judged(question: Question, { pass, but }: Verdict): { pass: boolean; message: () => string } {
  const { watched, isNot } = question
  const said = sentence(question, but)
  if (pass === isNot) watched.fault(said)
  return { pass, message: () => `${said}\n${watched.timeLine()}` }
}

/** How a job ended, in words. */
export function words(job: ImportJob, watched: WatchedImportJob): string {
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
  return resultMessage === '' ? '' : `\n  server said: ${shortMessage(resultMessage)}`
}

/** `await expect(job).toFinish({ within: '30m' })` */
export async function toFinish(this: MatcherState, received: unknown, options?: WatchWaitOptions) {
  demandWait('toFinish', options)
  const watched = watchedOf(received, 'toFinish')
  return toEndAs({ watched, isNot: this.isNot ?? false, expected: 'to finish' }, 'finished', options)
}

/** `await expect(job).toBeCancelled()` */
export async function toBeCancelled(this: MatcherState, received: unknown, options?: WatchWaitOptions) {
  demandWait('toBeCancelled', options)
  const watched = watchedOf(received, 'toBeCancelled')
  return toEndAs({ watched, isNot: this.isNot ?? false, expected: 'to be cancelled' }, 'cancelled', options)
}

async function toEndAs(question: Question, wanted: Ending['how'], options: WatchWaitOptions | undefined) {
  const { job, how } = await endingOf(question, options)
  return judged(question, { pass: how === wanted, but: words(job, question.watched) })
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
  demandRows(rows)
  demandWait('toHaveImported', options)
  const watched = watchedOf(received, 'toHaveImported')
  const { min, max } = limits(rows)
  const question = { watched, isNot: this.isNot ?? false, expected: `to have imported ${describe(min, max)}` }
  const { job, how } = await endingOf(question, options)
  const { importedRows } = job
  // What a job that failed had imported by then is not imported.
  if (how !== 'finished') return judged(question, { pass: false, but: words(job, watched) })
  if (importedRows === undefined)
    throw unknown(question, 'it finished, and the server does not say how many rows it has')
  const pass = importedRows >= min && (max === undefined || importedRows <= max)
  return judged(question, { pass, but: words(job, watched) })
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
  demandPattern(pattern)
  demandWait('toFailImport', options)
  const watched = watchedOf(received, 'toFailImport')
  const expected = `to fail${pattern === undefined ? '' : ` with ${String(pattern)}`}`
  const question = { watched, isNot: this.isNot ?? false, expected }
  const { job, how } = await endingOf(question, options)
  return judged(question, {
    pass: how === 'failed' && matches(job.resultMessage, pattern),
    but: words(job, watched),
  })
}

function matches(message: string, pattern: string | RegExp | undefined): boolean {
  if (pattern === undefined) return true
  if (typeof pattern === 'string') return message.includes(pattern)
  // A pattern with the flag g goes on where it stopped the last time.
  return message.search(pattern) >= 0
}
