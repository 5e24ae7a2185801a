import { scaleUtc, type ScaleTime } from 'd3-scale'
import type { ImportRecord } from '../../import-jobs/import-record.ts'
import { spanOf, tickText, type Span } from '../instants.ts'
import { markup, type Markup } from '../markup.ts'
import { axisText, percent } from './axis.ts'

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
  readonly ticks: readonly { readonly at: number; readonly text: string }[]
}

/** The jobs whose times are known, on one axis; undefined if there is none. */
export function nightOf(records: readonly ImportRecord[]): Night | undefined {
  const jobs = records
    .flatMap((record) => {
      const span = spanOf(record)
      return span === undefined ? [] : [{ record, span }]
    })
    .toSorted((a, b) => a.span.created - b.span.created || a.span.ended - b.span.ended)
  const [first] = jobs
  if (first === undefined) return undefined
  const from = first.span.created
  const to = Math.max(
    jobs.reduce((last, { span }) => Math.max(last, span.ended), from),
    from + 1_000,
  )
  const x = scaleUtc([from, to], [0, 1])
  const moments = x.ticks(8).map(Number)
  const step = (moments[1] ?? Infinity) - (moments[0] ?? 0)
  return { jobs, x, from, to, ticks: moments.map((at) => ({ at, text: tickText(at, step) })) }
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
