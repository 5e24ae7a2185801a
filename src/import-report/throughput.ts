import type { CurvePoint, ImportRecord } from '../import-jobs/import-record.ts'

/** One stretch of a job's throughput, in ms since the watch began. */
export interface Stretch {
  readonly from: number
  readonly to: number
  readonly rowsPerSecond: number
  /** Rows imported at its end. */
  readonly rows: number
}

/** The throughput over a curve of imported rows, in at most so many stretches of equal length; empty without progress over time. */
export function throughputOf(curve: readonly CurvePoint[], most: number): Stretch[] {
  const points = curve
    .filter(({ ms, rows }) => Number.isFinite(ms) && Number.isFinite(rows))
    .toSorted((a, b) => a.ms - b.ms)
  const [first] = points
  const last = points.at(-1)
  if (first === undefined || last === undefined || last.ms <= first.ms) return []
  const stretches = Math.min(most, points.length - 1)
  const step = (last.ms - first.ms) / stretches
  let at = 0
  let before = first.rows
  return Array.from({ length: stretches }, (_, index) => {
    const from = first.ms + index * step
    const to = from + step
    while (at < points.length - 2 && (points[at + 1]?.ms ?? Infinity) < to) at += 1
    const rows = index === stretches - 1 ? last.rows : rowsBetween(points[at] ?? first, points[at + 1] ?? last, to)
    // A server that forgot rows, as after a restart of the job, imported none meanwhile.
    const rowsPerSecond = Math.max(0, rows - before) / (step / 1_000)
    before = rows
    return { from, to, rowsPerSecond, rows }
  })
}

/** When a job stood still, in ms since the watch began: from where it counted as stalled. */
export function stallsOf({ timeLine, curve }: ImportRecord): { from: number; to: number }[] {
  const end = timeLine.at(-1)?.ms ?? curve.at(-1)?.ms ?? 0
  return timeLine.flatMap(({ kind, ms }, index) => {
    if (kind !== 'stalled') return []
    const next = timeLine.slice(index + 1).find((entry) => entry.kind === 'moving' || entry.kind === 'ended')
    return [{ from: ms, to: next?.ms ?? end }]
  })
}

function rowsBetween(a: CurvePoint, b: CurvePoint, ms: number): number {
  if (b.ms <= a.ms) return b.rows
  return a.rows + (b.rows - a.rows) * Math.min(1, Math.max(0, (ms - a.ms) / (b.ms - a.ms)))
}
