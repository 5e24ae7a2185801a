import type { ImportSummary, PaceComparison } from '../import-jobs/import-record.ts'
import { hasRows, hasTimes, metricOf, unlikeIn, whyNotComparable, worksOf, type PacedJob } from './comparable.ts'
import { driftOf } from './drift.ts'
import { expectationsOf } from './expectation.ts'
import { judge, type Judgement } from './judgement.ts'
import { describeDrift, describePace, describeRange, notesOn } from './pace-reason.ts'

export interface PaceOptions {
  /** How much longer than usual it may take, as a fraction. */
  readonly tolerance?: number | undefined
  /** How many of the last finished runs it is compared with. */
  readonly runs?: number | undefined
  /** How many there must be. */
  readonly minRuns?: number | undefined
}

/** Runs that got slower gradually fail once one takes so many times as long as the oldest of them. */
const MOST_DRIFT = 2
/** How far apart what may be expected of a job may be: beyond that, it is of another kind than its runs. */
const MOST_DOUBT = 2.5

/**
 * Compares a job with its own past. It is `slower` if it took longer than expected by more than the tolerance,
 * and it is 99% certain that this is no chance, by every explanation of the runs that holds; or if they got slower
 * gradually until one took twice as long as the oldest. Why so: docs/decisions/robust-baseline.md
 *
 * @param past in any order. Runs that did not finish, or whose clock jumped, do not count.
 */
export function comparePace(
  job: PacedJob,
  past: readonly ImportSummary[],
  { tolerance = 0.2, runs = 20, minRuns = 5 }: PaceOptions = {},
): PaceComparison {
  const needed = Math.max(2, minRuns)
  const finished = past.filter(({ outcome }) => outcome === 'finished')
  const comparable = inOrder(finished.filter((run) => whyNotComparable(run) === undefined))
  const alike = comparable.filter((run) => unlikeIn(job, run) === undefined)
  const metric = metricOf(job, alike, needed)
  const window = alike.filter((run) => metric === 'ms' || hasRows(run)).slice(-runs)
  const fault = whyNotComparable(job)
  const { durationMs = Number.NaN } = job
  const inMetric = (ms: number) => (metric === 'ms' ? ms : (Number(job.rows) * 1_000) / ms)
  const value = fault === undefined ? inMetric(durationMs) : undefined
  const unknown = (why: string, kind: PaceComparison['unknown'] = 'few runs'): PaceComparison => ({
    ...{ verdict: 'unknown', reason: `not compared: ${why}`, metric, value, runs: window.length },
    ...{ median: undefined, spread: undefined, slowdown: undefined, confidence: undefined },
    unknown: kind,
  })
  if (fault !== undefined) return unknown(fault, hasTimes(job) ? 'no work' : 'no time')
  if (runs < needed) return unknown(`${needed} runs are needed, and only the last ${runs} are compared`)
  const notes = notesOn(job, { window, comparable, finished })
  const now = timeOf(job)
  const expectations =
    window.length < needed
      ? []
      : expectationsOf(
          window.map((run) => run.durationMs ?? Number.NaN),
          window.map((run) => now - timeOf(run)),
          worksOf(job, window),
        )
  const judgements = expectations.map((each) => judge(job, each, tolerance))
  const [best] = judgements
  if (best === undefined) {
    return unknown(
      `only ${window.length} of the ${needed} runs that are needed${notes}`,
      comparable.length >= needed ? 'unlike runs' : 'few runs',
    )
  }

  const { course, fit, noise } = best.expectation
  const median = inMetric(Math.exp(best.level))
  const slowdown = durationMs / Math.exp(best.level) - 1
  const found = { metric, value, median, spread: noise.spread * median, runs: window.length, slowdown }
  const { side, certainty: confidence } = agreed(judgements)
  if (side === 'kept' && doubtOf(judgements) > MOST_DOUBT) {
    const expected = judgements.map(({ level }) => Math.exp(level))
    return {
      ...unknown(`${describeRange(job, Math.min(...expected), Math.max(...expected))}${notes}`, 'unlike runs'),
      ...found,
    }
  }
  const drift = driftOf(course, Math.log(durationMs) - fit.next)
  const hasDoubled = drift !== undefined && Math.log(durationMs) - fit.next - drift.oldest > Math.log(MOST_DRIFT)
  const verdict = side === 'kept' && hasDoubled ? 'slower' : side
  const reason = describePace({ ...found, verdict: side, confidence }, { best, tolerance })
  return {
    ...{ ...found, verdict, confidence: verdict === side ? confidence : drift?.certainty },
    reason: `${reason}${drift === undefined ? '' : describeDrift(drift, hasDoubled)}${notes}`,
    ...(drift !== undefined && { trend: { perRun: drift.perRun, runs: drift.runs } }),
  }
}

/** What all expectations that hold agree on; without that, it may be as is usual. */
function agreed(judgements: readonly Judgement[]): Pick<Judgement, 'side' | 'certainty'> {
  const least = judgements.reduce((low, each) => (each.certainty < low.certainty ? each : low))
  return { side: judgements.every(({ side }) => side === least.side) ? least.side : 'kept', certainty: least.certainty }
}

/** How many times as much the most that may be expected is as the least. */
function doubtOf(judgements: readonly Judgement[]): number {
  const usual = judgements.flatMap(({ expectation }) => expectation.levels[0] ?? [])
  return Math.exp(Math.max(...usual) - Math.min(...usual))
}

/** When it was begun: what takes long is not of the next day of the week. */
function timeOf({ createdAt, at }: PacedJob): number {
  const created = Date.parse(createdAt ?? '')
  return Number.isNaN(created) ? Date.parse(at) : created
}

function inOrder(runs: readonly ImportSummary[]): ImportSummary[] {
  return runs.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))
}
