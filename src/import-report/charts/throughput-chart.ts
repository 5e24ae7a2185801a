import { scaleLinear, scaleUtc } from 'd3-scale'
import { line } from 'd3-shape'
import type { ImportRecord } from '../../import-jobs/import-record.ts'
import { isolatedTitle } from '../isolated-title.ts'
import { markup, type Markup } from '../markup.ts'
import { formatDuration, formatQuantity, formatRate } from '../../number-format.ts'
import { stallsOf, throughputOf, type Stretch } from '../throughput.ts'
import { axisText, compact, drawing, percent } from './axis.ts'

// Heights in px; the width is that of the page.
const HEIGHT = 156
const TOP = 14
const BOTTOM = 134
const WIDE = 1_000

/**
 * Rows a second over the time that a job was watched, its usual pace as a dashed line, and where it stood still.
 *
 * @param detail how many stretches the curve is drawn in.
 * @returns undefined if no throughput was seen.
 */
export function throughputChart(record: ImportRecord, detail: number): Markup | undefined {
  const stretches = throughputOf(record.curve, detail)
  const [first] = stretches
  const last = stretches.at(-1)
  if (first === undefined || last === undefined) return undefined
  const usual = record.pace?.metric === 'rows/s' ? record.pace.median : undefined
  const peak = stretches.reduce((most, one) => (one.rowsPerSecond > most.rowsPerSecond ? one : most), first)
  const x = scaleLinear([first.from, last.to], [0, 1])
  const y = scaleLinear([0, Math.max(1, peak.rowsPerSecond, usual ?? 0) * 1.08], [BOTTOM, TOP])
  const points = pointsOf(stretches)
  const place = (ms: number) => x(ms) * WIDE
  const levels = y.ticks(3).filter((level) => level > 0)
  const moments = scaleUtc([0, last.to - first.from], [0, 1])
    .ticks(5)
    .map(Number)
  const outline = line<Point>(
    ({ ms }) => place(ms),
    ({ speed: rate }) => y(rate),
  ).digits(0)(points)
  // Closed outside of the picture, so that one path is both the line and the ground below it.
  const shape = `${outline?.replace('M0,', 'M-9,')}H1009V${BOTTOM + 9}H-9Z`
  return drawing(
    {
      className: 'chart throughput',
      height: HEIGHT,
      title: markup`Throughput of ${isolatedTitle(record.name)}`,
      description: describe(stretches, peak, usual),
    },
    [
      ...levels.map((level) => markup`<line class="grid" x2="100%" y1="${px(y(level))}" y2="${px(y(level))}"/>`),
      markup`<svg height="${BOTTOM}" viewBox="0 0 ${WIDE} ${BOTTOM}" preserveAspectRatio="none"><path class="line" d="${shape}"/></svg>`,
      ...stallsOf(record).map((stall) => stalled(x(stall.from), x(stall.to))),
      markup`<line class="base" x2="100%" y1="${BOTTOM}" y2="${BOTTOM}"/>`,
      ...levels.map((level, index) => {
        const unit = index === levels.length - 1 ? ' rows/s' : ''
        return markup`<text class="tick halo" y="${px(y(level) - 3)}">${compact(level)}${unit}</text>`
      }),
      ...(usual === undefined ? [] : [usualPace(y(usual), usual)]),
      ...moments.map((ms, index) => {
        const className = moments.length > 5 && index % 2 === 1 ? 'tick minor' : 'tick'
        return axisText(ms / (last.to - first.from), BOTTOM + 15, ms === 0 ? '0' : formatDuration(ms), className)
      }),
    ],
  )
}

interface Point {
  readonly ms: number
  readonly speed: number
}

/** A point in the middle of each stretch, and one at either end. */
function pointsOf(stretches: readonly Stretch[]): Point[] {
  const points = stretches.map(({ from, to, rowsPerSecond }) => ({ ms: (from + to) / 2, speed: rowsPerSecond }))
  const [first] = stretches
  const last = stretches.at(-1)
  if (first !== undefined) points.unshift({ ms: first.from, speed: first.rowsPerSecond })
  if (last !== undefined) points.push({ ms: last.to, speed: last.rowsPerSecond })
  return points
}

function stalled(from: number, to: number): Markup {
  const [left, right] = [Math.max(0, from), Math.min(1, to)]
  const place = markup`x="${percent(left)}" width="${percent(Math.max(0.004, right - left))}"`
  return markup`<rect class="stall" ${place} y="${TOP}" height="${BOTTOM - TOP}"/>${axisText((left + right) / 2, (TOP + BOTTOM) / 2, 'stalled', 'tick halo bad')}`
}

function usualPace(y: number, usual: number): Markup {
  return markup`<line class="usual" x2="100%" y1="${px(y)}" y2="${px(y)}"/><text class="tick halo end" x="100%" y="${px(y - 4)}">usual ${compact(usual)}</text>`
}

function describe(stretches: readonly Stretch[], peak: Stretch, usual: number | undefined): string {
  const from = stretches[0]?.from ?? 0
  const speeds = stretches.map(({ rowsPerSecond }) => rowsPerSecond).toSorted((a, b) => a - b)
  const middle = speeds[Math.floor(speeds.length / 2)] ?? 0
  const pace = usual === undefined ? '' : ` The usual pace is ${formatRate(usual)}.`
  const last = stretches.at(-1)
  return `${formatQuantity(last?.rows ?? 0, 'row')} in ${formatDuration((last?.to ?? 0) - from)}: mostly about ${formatRate(middle)}, at most ${formatRate(peak.rowsPerSecond)}, ${formatDuration(peak.from - from)} after the watch began.${pace}`
}

function px(y: number): number {
  return Number(y.toFixed(1))
}
