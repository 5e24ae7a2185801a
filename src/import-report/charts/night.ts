import { scaleUtc, type ScaleTime } from 'd3-scale'
import type { ImportRecord } from '../../import-jobs/import-record.ts'
import { instant, spanOf, tickText, type Span } from '../instants.ts'
import { markup, type Markup } from '../markup.ts'
import { axisText, percent } from './axis.ts'

const MINUTE_MS = 60_000

/** A job with its place in time. */
export interface PlacedJob {
  readonly record: ImportRecord
  readonly span: Span
}

/** All jobs of a run on one axis of time, in UTC. */
export interface Night {
  /** In the order in which they began. */
  readonly jobs: readonly PlacedJob[]
  /** From ms since 1970 to a fraction of the width. */
  readonly x: ScaleTime<number, number>
  readonly from: number
  readonly to: number
  /** Jobs with times of their own, but so far away that they have no place on it. */
  readonly far: number
  readonly ticks: readonly { readonly at: number; readonly text: string }[]
}

// A job by which the axis becomes so many times as long hides all others on it.
const STRETCH = 20

/** The jobs whose times are known, on one axis, without those that are years away; undefined if there is none. */
export function nightOf(records: readonly ImportRecord[]): Night | undefined {
  const placed = records
    .flatMap((record) => {
      const span = spanOf(record)
      return span === undefined ? [] : [{ record, span }]
    })
    .toSorted((a, b) => a.span.created - b.span.created || a.span.ended - b.span.ended)
  const jobs = withoutFarOnes(placed)
  const [first] = jobs
  if (first === undefined) return undefined
  const [from, to] = reachOf(jobs)
  const x = scaleUtc([from, to], [0, 1])
  const moments = x.ticks(8).map(Number)
  const step = (moments[1] ?? Infinity) - (moments[0] ?? 0)
  const isOneYear = new Date(from).getUTCFullYear() === new Date(to).getUTCFullYear()
  return {
    jobs,
    x,
    from,
    to,
    far: placed.length - jobs.length,
    ticks: moments.map((at) => ({ at, text: tickText(at, step, isOneYear) })),
  }
}

function reachOf(jobs: readonly PlacedJob[]): [number, number] {
  const from = jobs.reduce((first, { span }) => Math.min(first, span.created), Infinity)
  return [from, jobs.reduce((last, { span }) => Math.max(last, span.ended), from + 1_000)]
}

/** Without the jobs that are so far from when they were watched that no other could be seen: a clock was wrong. */
function withoutFarOnes(jobs: readonly PlacedJob[]): readonly PlacedJob[] {
  const distance = ({ record, span }: PlacedJob) => {
    const watched = instant(record.at) ?? span.ended
    return Math.max(Math.abs(watched - span.created), Math.abs(watched - span.ended))
  }
  const nearest = jobs.map((job) => ({ job, far: distance(job) })).toSorted((one, other) => one.far - other.far)
  const whole = lengthOf(jobs)
  let [from, to] = [Infinity, -Infinity]
  let kept = 0
  for (const [at, { job }] of nearest.entries()) {
    from = Math.min(from, job.span.created)
    to = Math.max(to, job.span.ended)
    if (whole >= STRETCH * Math.max(to - from, MINUTE_MS)) kept = at + 1
  }
  // Half of them are no exception.
  if (kept === 0 || kept * 2 < jobs.length) return jobs
  const near = new Set(nearest.slice(0, kept).map(({ job }) => job))
  return jobs.filter((job) => near.has(job))
}

function lengthOf(jobs: readonly PlacedJob[]): number {
  const [from, to] = reachOf(jobs)
  return to - from
}

/** The lines of an axis of time, once for all the rows of a chart to use. */
export function nightGrid({ x, ticks }: Night): Markup {
  const lines = ticks.map(
    ({ at }) => markup`<line class="grid" x1="${percent(x(at))}" x2="${percent(x(at))}" y2="200"/>`,
  )
  return markup`<svg class="defs" aria-hidden="true" width="0" height="0"><defs><g id="night">${lines}</g></defs></svg>`
}

/** The labels of an axis of time; every second one gives way on a narrow screen. */
export function nightAxis({ x, ticks }: Night, y: number): Markup[] {
  return ticks.map(({ at, text }, index) => axisText(x(at), y, text, index % 2 === 0 ? 'tick' : 'tick minor'))
}
