import { median } from 'simple-statistics'
import type { PaceComparison } from '../import-jobs/import-record.ts'
import { whyNotComparable, type PacedJob, type PaceMetric } from './comparable.ts'
import { formatCount, formatDuration, formatQuantity, formatRate, formatShare } from '../number-format.ts'

/** Numbers of rows so many times apart are not the same work. */
const OTHER_WORK = 2

/** What a verdict rests on beside the numbers in it. */
interface Grounds {
  readonly tolerance: number
  readonly certainEnough: number
  /** The least slowdown that it may be, if durations are known to the second only. */
  readonly mildest: number
  /** Over how many runs it drifted; undefined if it is not told for that. */
  readonly driftedOver: number | undefined
}

/** What was compared with what, and why the verdict is what it is. */
export function describePace(
  { verdict, metric, value, median, spread = 0, runs, slowdown = 0, confidence = 0 }: Omit<PaceComparison, 'reason'>,
  { tolerance, certainEnough, mildest, driftedOver }: Grounds,
): string {
  if (value === undefined || median === undefined) return 'nothing to compare'
  const change = `${formatShare(Math.abs(slowdown))} ${slowdown > 0 ? 'slower' : 'faster'}`
  const of = driftedOver === undefined ? `the last ${runs} runs` : `the ${runs} oldest of the last ${driftedOver} runs`
  const usual = `${show(median, metric)}, spread ${formatShare(spread / median)}`
  const what = `${show(value, metric)}, ${change} than the median of ${of} (${usual})`
  if (driftedOver !== undefined) return `${what}: they got slower gradually, ${certainty(confidence)} certain`
  if (verdict !== 'kept') return `${what}: ${certainty(confidence)} certain`
  if (Math.abs(slowdown) <= tolerance) return `${what}: within the tolerance of ${formatShare(tolerance)}`
  if (Math.abs(mildest) <= tolerance) {
    return `${what}: within the tolerance of ${formatShare(tolerance)} except for the second by which the server's times may be off`
  }
  return `${what}: that may be chance, ${certainty(confidence)} certain and ${certainty(certainEnough)} needed`
}

/** What else is to be known of a comparison: runs that were left out, another version, another amount of work. */
export function notesOn(job: PacedJob, window: readonly PacedJob[], finished: readonly PacedJob[]): string {
  const notes: string[] = []
  const faults = finished.flatMap((run) => whyNotComparable(run) ?? [])
  if (faults.length > 0) notes.push(`${faults.length} left out (${[...new Set(faults)].join('; ')})`)
  const versions = new Set(window.map(({ serverVersion }) => serverVersion))
  const others = [...versions].filter((version) => version !== job.serverVersion)
  if (others.length > 0) notes.push(`this is ${job.serverVersion}, earlier runs were on ${others.join(', ')}`)
  const rows = window.map((run) => Number(run.rows)).filter((count) => count > 0)
  const times = rows.length > 0 ? Number(job.rows) / median(rows) : 1
  if (times > OTHER_WORK || times < 1 / OTHER_WORK) {
    notes.push(`it has ${formatQuantity(Number(job.rows), 'row')}, and ${formatCount(median(rows))} are usual`)
  }
  return notes.map((note) => `; ${note}`).join('')
}

function show(value: number, metric: PaceMetric): string {
  return metric === 'ms' ? formatDuration(value) : formatRate(value)
}

/** Nothing is 100% certain. */
function certainty(confidence: number): string {
  return formatShare(Math.min(confidence, 0.9999))
}
