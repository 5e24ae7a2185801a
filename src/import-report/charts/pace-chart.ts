import { scaleLinear } from 'd3-scale'
import type { PaceComparison } from '../../import-jobs/import-record.ts'
import { markup, type Markup } from '../markup.ts'
import { formatDuration, formatQuantity, formatRate } from '../../number-format.ts'
import { axisText, drawing, percent } from './axis.ts'

// Heights in px.
const HEIGHT = 74
const MIDDLE = 36
// Words take a third of a narrow screen.
const ROOM = 1 / 3

/** This run's value beside the median of earlier ones and their spread; undefined if nothing was compared. */
export function paceChart({ value, median, spread, metric, runs, verdict }: PaceComparison): Markup | undefined {
  if (value === undefined || median === undefined) return undefined
  const reach = spread ?? 0
  const low = Math.min(value, median - reach)
  const high = Math.max(value, median + reach)
  const margin = (high - low || Math.abs(median) || 1) * 0.15
  const x = scaleLinear([low - margin, high + margin], [0, 1])
  const text = (number: number) => paceText(number, metric)
  const usual = reach > 0 ? `usual ${text(median).replace(' rows/s', '')} ± ${text(reach)}` : `usual ${text(median)}`
  const band = markup`<rect class="band" x="${percent(x(median - reach))}" width="${percent(x(median + reach) - x(median - reach))}" y="${MIDDLE - 9}" height="18" rx="3"/>`
  return drawing(
    {
      className: `chart pace ${verdict}`,
      height: HEIGHT,
      title: 'This run compared with earlier ones',
      description: `This run ${text(value)}; median of ${formatQuantity(runs, 'earlier run')} ${text(median)}, spread ± ${text(reach)}.`,
    },
    [
      markup`<line class="base" x2="100%" y1="${MIDDLE}" y2="${MIDDLE}"/>`,
      reach > 0 && band,
      markup`<line class="median" x1="${percent(x(median))}" x2="${percent(x(median))}" y1="${MIDDLE - 12}" y2="${MIDDLE + 12}"/>`,
      markup`<svg class="mark" x="${percent(x(value))}" y="${MIDDLE}"><path d="M0 -7L7 0L0 7L-7 0z"/></svg>`,
      axisText(x(value), 16, `this run ${text(value)}`, 'value', ROOM),
      axisText(x(median), HEIGHT - 8, usual, 'tick', ROOM),
    ],
  )
}

/** A value of that metric with its unit. */
export function paceText(value: number, metric: PaceComparison['metric']): string {
  return metric === 'ms' ? formatDuration(value) : formatRate(value)
}
