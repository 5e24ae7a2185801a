import type { ImportSummary, PaceComparison } from '../import-jobs/import-record.ts'
import type { Work } from './work.ts'

/** What a comparison needs. */
export type PacedJob = Pick<
  ImportSummary,
  | 'outcome'
  | 'at'
  | 'createdAt'
  | 'startedAt'
  | 'endedAt'
  | 'rows'
  | 'bytes'
  | 'threads'
  | 'durationMs'
  | 'serverVersion'
>

export type PaceMetric = PaceComparison['metric']

/** Why the pace of a job can't be compared with that of others; undefined if it can. */
export function whyNotComparable({ outcome, rows, durationMs, startedAt, endedAt }: PacedJob): string | undefined {
  if (outcome !== 'finished') return `it is ${outcome}`
  if (Number(durationMs) < 0 || Date.parse(endedAt ?? '') < Date.parse(startedAt ?? '')) {
    return 'it ended before it began: a clock jumped'
  }
  if (durationMs === undefined || Number.isNaN(durationMs)) return 'its duration is not known'
  if (durationMs === 0) return 'its duration is 0: it is shorter than the clock shows'
  if (!Number.isFinite(durationMs)) return 'its duration is infinite'
  return Number(rows) === 0 ? 'it imported no rows' : undefined
}

/** Whether the server's times of it make a duration. */
export function hasTimes({ durationMs = Number.NaN, startedAt, endedAt }: PacedJob): boolean {
  return durationMs >= 0 && Number.isFinite(durationMs) && !(Date.parse(endedAt ?? '') < Date.parse(startedAt ?? ''))
}

/** In what two jobs are too unlike to be compared; undefined if in nothing. What is not known is like what is not. */
export function unlikeIn(one: PacedJob, other: PacedJob): 'serverVersion' | 'threads' | undefined {
  if (one.serverVersion !== other.serverVersion) return 'serverVersion'
  return one.threads === other.threads ? undefined : 'threads'
}

/** Rows a second if the job and enough of the runs have them, else the duration. */
export function metricOf(job: PacedJob, runs: readonly PacedJob[], needed: number): PaceMetric {
  if (!hasRows(job)) return 'ms'
  const known = runs.filter(hasRows).length
  return known >= needed || known === runs.length ? 'rows/s' : 'ms'
}

/** Whether its number of rows is known. As text if a number loses digits: the pace needs no more than a number has. */
export function hasRows({ rows }: PacedJob): boolean {
  return Number(rows) > 0 && Number.isFinite(Number(rows))
}

/** The amounts of work of the runs and of the job, by all that is known of each of them. */
export function worksOf(job: PacedJob, runs: readonly PacedJob[]): Work[] {
  const work = (unit: Work['unit'], sizeOf: (one: PacedJob) => number): Work[] => {
    const sizes = { unit, runs: runs.map(sizeOf), next: sizeOf(job) }
    return [...sizes.runs, sizes.next].every((size) => size > 0 && Number.isFinite(size)) ? [sizes] : []
  }
  return [...work('row', ({ rows }) => Number(rows)), ...work('byte', ({ bytes }) => bytes ?? Number.NaN)]
}
