import { median } from 'simple-statistics'
import type { PaceComparison } from '../import-jobs/import-record.ts'
import { formatCount, formatDuration, formatQuantity, formatRate, formatShare } from '../number-format.ts'
import { hasRows, unlikeIn, whyNotComparable, type PacedJob, type PaceMetric } from './comparable.ts'
import type { Drift } from './drift.ts'
import type { Expectation } from './expectation.ts'
import { CERTAIN_ENOUGH, type Judgement } from './judgement.ts'

/** Numbers of rows so many times apart are said. */
const OTHER_WORK = 2

/** What was compared with what, and why the verdict is what it is. */
export function describePace(
  {
    verdict,
    metric,
    value = 0,
    median: usual = 0,
    spread = 0,
    slowdown = 0,
    confidence = 0,
  }: Omit<PaceComparison, 'reason'>,
  { best, tolerance }: { readonly best: Judgement; readonly tolerance: number },
): string {
  const change = `${formatShare(Math.abs(slowdown))} ${slowdown > 0 ? 'slower' : 'faster'}`
  const of = `${show(usual, metric)}, spread ${formatShare(spread / usual)}`
  const what = `${show(value, metric)}, ${change} than ${basisOf(best.expectation)} (${of})`
  if (verdict !== 'kept') return `${what}: ${certainty(confidence)} certain`
  if (Math.abs(slowdown) <= tolerance) return `${what}: within the tolerance of ${formatShare(tolerance)}`
  if (Math.abs(Math.exp(best.far) - 1) <= tolerance) {
    return `${what}: within the tolerance of ${formatShare(tolerance)} except for the second by which the server's times may be off`
  }
  if (best.side !== 'kept') return `${what}: its runs can be explained so that this is usual`
  return `${what}: that may be chance, ${certainty(confidence)} certain and ${certainty(CERTAIN_ENOUGH)} needed`
}

/** What a job is compared with. */
function basisOf({ course: { kind, values }, fit: { unit, fixed }, levels }: Expectation): string {
  const last = `the last ${formatQuantity(values.length, 'run')}`
  const what = {
    level: levels.length > 1 ? `the nearest of ${levels.length} levels of ${last}` : last,
    step: `${last}, since their pace changed`,
    trend: `the trend of ${last}`,
    week: `${last} on such days of the week`,
  }[kind]
  if (fixed === undefined) return what
  const share =
    fixed === 0 ? '' : fixed === 1 ? ' that cost nothing' : `, ${formatShare(fixed)} of a usual run being fixed`
  return `${what} for as many ${unit}s${share}`
}

/** Runs that get slower, each a little. */
export function describeDrift({ perRun, runs, certainty: sure }: Drift, hasDoubled: boolean): string {
  const each = `each of the last ${runs} runs was about ${formatShare(perRun)} slower than the one before, ${certainty(sure)} certain`
  return hasDoubled ? `; but ${each}: gradually, it takes twice as long as the oldest of them` : `; ${each}`
}

/** Why no verdict is possible for a job of another size than its runs. */
export function describeRange(job: PacedJob, least: number, most: number): string {
  const size = hasRows(job) ? formatQuantity(job.rows ?? 0, 'row') : 'so much data'
  return `it took ${formatDuration(job.durationMs ?? 0)} for ${size}, and its runs tell no more than that ${formatDuration(least)} to ${formatDuration(most)} may be expected`
}

/** The runs that a comparison is about, fewer each time. */
interface Runs {
  readonly finished: readonly PacedJob[]
  readonly comparable: readonly PacedJob[]
  readonly window: readonly PacedJob[]
}

/** What else there is to know of a comparison: runs that were left out, another amount of work. */
export function notesOn(job: PacedJob, { window, comparable, finished }: Runs): string {
  const notes: string[] = []
  const faults = finished.flatMap((run) => whyNotComparable(run) ?? [])
  if (faults.length > 0) notes.push(`${faults.length} left out (${[...new Set(faults)].join('; ')})`)
  const versions = comparable.filter((run) => unlikeIn(job, run) === 'serverVersion')
  const threads = comparable.filter((run) => unlikeIn(job, run) === 'threads')
  if (versions.length > 0) {
    const on = new Set(versions.map(({ serverVersion }) => serverVersion))
    notes.push(`${versions.length} left out, on ${[...on].join(', ')}: this is ${job.serverVersion}`)
  }
  if (threads.length > 0) {
    const having = new Set(threads.map(describeThreads))
    notes.push(`${threads.length} left out, ${[...having].join(', ')}: this is ${describeThreads(job)}`)
  }
  const rows = window.filter(hasRows).map((run) => Number(run.rows))
  const times = rows.length > 0 ? Number(job.rows) / median(rows) : 1
  if (times > OTHER_WORK || times < 1 / OTHER_WORK) {
    notes.push(`it has ${formatQuantity(Number(job.rows), 'row')}, and ${formatCount(median(rows))} are usual`)
  }
  return notes.map((note) => `; ${note}`).join('')
}

function describeThreads({ threads }: PacedJob): string {
  return threads === undefined ? 'with an unknown number of threads' : `with ${formatQuantity(threads, 'thread')}`
}

function show(value: number, metric: PaceMetric): string {
  return metric === 'ms' ? formatDuration(value) : formatRate(value)
}

/** Nothing is 100% certain. */
function certainty(confidence: number): string {
  return formatShare(Math.min(confidence, 0.9999))
}
