import { scaleLinear } from 'd3-scale'
import { area, curveStepAfter } from 'd3-shape'
import { markup, type Markup } from '../markup.ts'
import { clock } from '../instants.ts'
import { formatCount, formatQuantity } from '../../number-format.ts'
import { standingOf } from '../standing.ts'
import { drawing } from './axis.ts'
import { nightAxis, type Night, type PlacedJob } from './night.ts'

// Heights in px.
const HEIGHT = 132
const TOP = 16
const BOTTOM = 110
const SLOTS = 200
const WIDE = 1_000

/** How many jobs ran at once over the night, and how many of those fail the run. */
export function runningChart(night: Night): Markup {
  const all = running(night, night.jobs)
  const failed = running(
    night,
    night.jobs.filter(({ record }) => standingOf(record) === 'failed'),
  )
  const peak = all.reduce((most, one) => (one.jobs > most.jobs ? one : most), { at: night.from, jobs: 0 })
  const y = scaleLinear([0, Math.max(2, peak.jobs)], [BOTTOM, TOP])
  const shape = area<Slot>(
    ({ at }) => night.x(at) * WIDE,
    BOTTOM,
    ({ jobs }) => y(jobs),
  )
    .curve(curveStepAfter)
    .digits(0)
  const levels = y.ticks(4).filter((level) => level > 0 && Number.isInteger(level))
  return drawing(
    {
      className: 'chart running',
      height: HEIGHT,
      title: 'Jobs running at once',
      description: `${formatQuantity(night.jobs.length, 'job')} from ${clock(night.from)} to ${clock(night.to)} UTC; most at ${clock(peak.at)}: ${formatCount(peak.jobs)} at once.`,
    },
    [
      markup`<svg height="${BOTTOM}"><use href="#night"/></svg>`,
      ...levels.map((level) => markup`<line class="grid" x2="100%" y1="${y(level)}" y2="${y(level)}"/>`),
      markup`<svg height="${HEIGHT}" viewBox="0 0 ${WIDE} ${HEIGHT}" preserveAspectRatio="none"><path class="ground" d="${shape(all) ?? ''}"/><path class="failed" d="${shape(failed) ?? ''}"/></svg>`,
      markup`<line class="base" x2="100%" y1="${BOTTOM}" y2="${BOTTOM}"/>`,
      ...levels.map(
        (level) =>
          markup`<text class="tick halo" y="${y(level) - 3}">${formatCount(level)}${level === levels.at(-1) ? ' at once' : ''}</text>`,
      ),
      ...nightAxis(night, BOTTOM + 16),
    ],
  )
}

interface Slot {
  readonly at: number
  readonly jobs: number
}

/** How many of these jobs were there in each slot of the night, counted at its fullest moment. */
function running({ from, to }: Night, jobs: readonly PlacedJob[]): Slot[] {
  const width = (to - from) / SLOTS
  const slots = Array.from({ length: SLOTS }, (_, index) => ({ at: from + index * width, jobs: 0 }))
  const changes = jobs
    .flatMap(({ span }) => [
      { at: span.created, by: 1 },
      // What ends before another begins is gone by then; a job of no length was there all the same.
      { at: Math.max(span.ended, span.created + 1), by: -1 },
    ])
    .toSorted((a, b) => a.at - b.at || a.by - b.by)
  let next = 0
  let now = 0
  for (const slot of slots) {
    let most = now
    for (let change = changes[next]; change !== undefined && change.at < slot.at + width; change = changes[next]) {
      now += change.by
      most = Math.max(most, now)
      next += 1
    }
    slot.jobs = most
  }
  return [...slots, { at: to, jobs: 0 }]
}
