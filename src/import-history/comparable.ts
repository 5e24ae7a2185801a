import type { ImportSummary, PaceComparison } from '../import-jobs/import-record.ts'

/** What a comparison needs. */
export type PacedJob = Pick<ImportSummary, 'outcome' | 'rows' | 'durationMs' | 'serverVersion'>

export type PaceMetric = PaceComparison['metric']

/** Why the pace of a job can't be compared with that of others; undefined if it can. */
export function whyNotComparable({ outcome, rows, durationMs }: PacedJob): string | undefined {
  if (outcome !== 'finished') return `it is ${outcome}`
  if (durationMs === undefined || Number.isNaN(durationMs)) return 'its duration is not known'
  if (durationMs < 0) return 'it ended before it began: a clock jumped'
  if (durationMs === 0) return 'its duration is 0: it is shorter than the clock shows'
  if (!Number.isFinite(durationMs)) return 'its duration is infinite'
  return Number(rows) === 0 ? 'it imported no rows' : undefined
}

/** What a comparable job comes to; undefined if it has no such value. */
export function valueOf({ rows, durationMs }: PacedJob, metric: PaceMetric): number | undefined {
  if (durationMs === undefined || metric === 'ms') return durationMs
  // As text if a number loses digits: the pace needs no more than a number has.
  const count = Number(rows)
  return count > 0 && Number.isFinite(count) ? (count * 1_000) / durationMs : undefined
}

/** Above 1 if `value` is slower than `usual`: the time that it took for what took 1. */
export function timesAsLong(value: number, usual: number, metric: PaceMetric): number {
  return metric === 'ms' ? value / usual : usual / value
}

/** Rows a second if the job and enough of the runs have them, else the duration. */
export function metricOf(job: PacedJob, runs: readonly PacedJob[], needed: number): PaceMetric {
  const isKnown = (run: PacedJob) => valueOf(run, 'rows/s') !== undefined
  if (!isKnown(job)) return 'ms'
  const known = runs.filter(isKnown).length
  return known >= needed || known === runs.length ? 'rows/s' : 'ms'
}
