import { deadlineMs, toMs, type Duration } from '../duration.ts'
import { DeadlineError, firstLine } from '../errors.ts'
import type { WatchedImportJob, WatchWaitOptions } from '../import-jobs/watched-import-job.ts'
import { demandProgress } from './import-arguments.ts'
import { blamed, endingOf, judged, unknown, watchedOf, words, type Question } from './import-job.ts'
import type { MatcherState } from './other-failure.ts'
import { formatDuration } from '../number-format.ts'

export interface ProgressOptions extends WatchWaitOptions {
  /** Longest time without progress that is allowed. */
  readonly every: Duration
  /** How long it is watched: a job that still makes progress then has passed. Default: until it ends, within `within`. */
  readonly during?: Duration | undefined
}

/**
 * `await expect(job).toProgress({ every: '1m', within: '8h' })`: until it ends, the job never stands still longer than
 * that; and it finishes. `await expect(job).toProgress({ every: '1m', during: '10m' })`: the same, and a job that has not
 * ended by then has passed if it was watched all that time, and moved.
 *
 * A job stands still while the server says the same of it, poll after poll, and that it runs.
 */
export async function toProgress(this: MatcherState, received: unknown, options: ProgressOptions) {
  demandProgress(options)
  const watched = watchedOf(received, 'toProgress')
  const everyMs = toMs(options.every, 'every')
  const expected = `to progress every ${formatDuration(everyMs)}`
  const question = { watched, isNot: this.isNot ?? false, expected }
  const { during } = options
  return during === undefined ? toTheEnd(question, everyMs, options) : forSoLong(question, everyMs, during, options)
}

const stalled = (watched: WatchedImportJob, everyMs: number) => watched.longestIdleMs > everyMs

async function toTheEnd(question: Question, everyMs: number, { within, signal }: WatchWaitOptions) {
  const { watched } = question
  try {
    await watched.until('to end', ({ job }) => !job.active || stalled(watched, everyMs), { within, signal })
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw blamed(watched, error)
    throw unknown(question, error.message, error)
  }
  return verdict(question, everyMs)
}

/** Of a job that has ended, or stood still for too long. */
async function verdict(question: Question, everyMs: number) {
  const { watched } = question
  if (stalled(watched, everyMs)) {
    const but = `there was no progress for ${formatDuration(watched.longestIdleMs)}`
    return judged(question, { pass: false, but })
  }
  const { job, how } = await endingOf(question)
  // One that took less than that from start to end, by the server's clock, can't have stood still for longer.
  if (how === 'finished' && watched.sighting.endedUnseen && !(Number(job.durationMs) <= everyMs)) {
    throw unknown(question, `it had ended before it was watched: ${job.describe()}`)
  }
  return judged(question, { pass: how === 'finished', but: words(job, watched) })
}

async function forSoLong(question: Question, everyMs: number, during: Duration, { signal }: WatchWaitOptions) {
  const { watched } = question
  const duringMs = deadlineMs(during, 'during')
  const isOver = () => watched.job?.active === false || stalled(watched, everyMs)
  let from: Pick<typeof watched.sighting, 'moves' | 'seenMs'> = { moves: 0, seenMs: 0 }
  const seen = () => watched.sighting.seenMs - from.seenMs
  const uncovered = (why: string, cause?: unknown) =>
    unknown(question, `it was watched for ${formatDuration(seen())} of the ${formatDuration(duringMs)}: ${why}`, cause)
  try {
    await watched.until('to be seen', () => true, { within: duringMs, signal })
    from = watched.sighting
    await watched.until('to end, or to stand still', isOver, { within: duringMs, signal }).catch((error: unknown) => {
      if (!(error instanceof DeadlineError)) throw error
      // What it was like at the end of that time, only a poll after it can say.
      const { polls, pollMs } = watched.sighting
      return watched.until('to be polled', () => watched.sighting.polls > polls, { within: pollMs, signal })
    })
  } catch (error) {
    throw uncovered(watched.sighting.stopped ?? firstLine(error), error)
  }
  if (isOver()) return verdict(question, everyMs)
  const gap = watched.snapshot?.gap
  // A time in which it could not be seen may hide a standstill of that length.
  if (gap !== undefined || duringMs - seen() > Math.min(everyMs, duringMs / 2)) {
    throw uncovered(gap ?? 'it could not be seen in between')
  }
  const moved = watched.sighting.moves > from.moves
  return judged(question, { pass: moved, but: moved ? 'it did' : stoodStill(watched, seen()) })
}

function stoodStill({ job }: WatchedImportJob, ms: number): string {
  if (job?.meaning === 'queued') return `it was ${job.status} all the time`
  return `there was no progress in the ${formatDuration(ms)} that it was watched`
}
