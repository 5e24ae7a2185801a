import type { ImportSummary, PaceComparison } from '../import-jobs/import-record.ts'
import { Baseline } from './baseline.ts'
import { metricOf, timesAsLong, valueOf, whyNotComparable, type PacedJob, type PaceMetric } from './comparable.ts'
import { certaintyOfRise } from './drift.ts'
import { describePace, notesOn } from './pace-reason.ts'

export interface PaceOptions {
  /** How much longer than usual it may take, as a fraction. */
  readonly tolerance?: number | undefined
  /** How many of the last finished runs it is compared with. */
  readonly runs?: number | undefined
  /** How many there must be. */
  readonly minRuns?: number | undefined
}

/** What is the same throughout one comparison. */
interface Paced {
  readonly job: PacedJob
  readonly value: number
  readonly metric: PaceMetric
  readonly tolerance: number
}

type Judged = Omit<PaceComparison, 'reason'>

/** How sure a verdict must be. */
const CERTAIN_ENOUGH = 0.95
/** How sure it must be that runs drift: a second test, which must not double the false alarms of the first. */
const SURE_OF_DRIFT = 0.99
/** How many of the oldest runs a drift is measured from. */
const OLDEST = 5
/** Times of the server are whole seconds, so the time from one to another may be off by so much. */
const SECOND_MS = 1_000
/** Of fractions: what is 20% slower is not beyond 20%. */
const ROUNDING = 1e-9

/**
 * Compares a job with its own past. It is `slower` if it took longer than the median by more than the tolerance, and
 * the spread of the runs makes it at least 95% certain that this is no chance; or if all runs drifted so far from the
 * oldest of them, each a little. Why so: docs/decisions/robust-baseline.md
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
  const metric = metricOf(job, comparable, needed)
  const window = comparable.filter((run) => valueOf(run, metric) !== undefined).slice(-runs)
  const values = window.map((run) => valueOf(run, metric) ?? Number.NaN)
  const baseline = values.length === 0 ? undefined : new Baseline(values, metric)
  const fault = whyNotComparable(job)
  const value = fault === undefined ? valueOf(job, metric) : undefined

  const unknown = (why: string): PaceComparison => ({
    ...{ verdict: 'unknown', reason: `not compared: ${why}`, metric, value, runs: values.length },
    ...{ median: baseline?.median, spread: baseline?.spread, confidence: undefined },
    slowdown: value === undefined ? undefined : baseline?.slowdown(value),
  })
  if (fault !== undefined) return unknown(fault)
  if (runs < needed) return unknown(`${needed} runs are needed, and only the last ${runs} are compared`)
  const notes = notesOn(job, window, finished)
  if (baseline === undefined || value === undefined || values.length < needed) {
    return unknown(`only ${values.length} of the ${needed} runs that are needed${notes}`)
  }
  const paced = { job, value, metric, tolerance }
  const judged = againstAll(paced, baseline, values.length)
  const drifted = judged.verdict === 'kept' ? againstOldest(paced, baseline, values) : undefined
  const grounds = {
    ...{ tolerance, certainEnough: CERTAIN_ENOUGH, mildest: baseline.slowdown(mildest(paced, baseline)) },
    driftedOver: drifted && values.length,
  }
  return { ...(drifted ?? judged), reason: `${describePace(drifted ?? judged, grounds)}${notes}` }
}

function againstAll(paced: Paced, baseline: Baseline, runs: number): Judged {
  const { value, metric } = paced
  const { median, spread } = baseline
  const confidence = baseline.certainty(mildest(paced, baseline))
  const far = confidence >= CERTAIN_ENOUGH ? beyondTolerance(paced, baseline) : undefined
  const slowdown = baseline.slowdown(value)
  return { verdict: far ?? 'kept', metric, value, median, spread, runs, slowdown, confidence }
}

/** What gets slower night by night takes its own median along: so it is compared with its beginning. */
function againstOldest(paced: Paced, baseline: Baseline, values: readonly number[]): Judged | undefined {
  if (values.length < 2 * OLDEST) return undefined
  const { value, metric } = paced
  const oldest = new Baseline(values.slice(0, OLDEST), metric)
  if (beyondTolerance(paced, oldest) !== 'slower') return undefined
  const confidence = certaintyOfRise([...values, value].map((each) => baseline.slowdown(each)))
  if (confidence < SURE_OF_DRIFT) return undefined
  const { median, spread } = oldest
  return {
    verdict: 'slower',
    metric,
    value,
    median,
    spread,
    runs: OLDEST,
    slowdown: oldest.slowdown(value),
    confidence,
  }
}

function beyondTolerance(paced: Paced, baseline: Baseline): 'slower' | 'faster' | undefined {
  const slowdown = baseline.slowdown(mildest(paced, baseline))
  if (Math.abs(slowdown) <= paced.tolerance + ROUNDING) return undefined
  return slowdown > 0 ? 'slower' : 'faster'
}

/** The value nearest to the median that the job may have come to, if its duration is known to the second only. */
function mildest({ job, value, metric }: Paced, { median }: Baseline): number {
  const { durationMs = 0 } = job
  if (durationMs % SECOND_MS !== 0) return value
  const times = timesAsLong(value, median, metric)
  const nearer = durationMs + (times > 1 ? -SECOND_MS : SECOND_MS)
  const nearest = times > 1 ? Math.max(nearer, durationMs / times) : Math.min(nearer, durationMs / times)
  return valueOf({ ...job, durationMs: nearest }, metric) ?? value
}

function inOrder(runs: readonly ImportSummary[]): ImportSummary[] {
  return runs.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))
}
