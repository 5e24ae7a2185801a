import type { Mark } from './time-line.ts'
import { formatDuration, formatMoment } from '../number-format.ts'

// Lengths in px.
/** Where the axis begins. */
export const LEFT = 170
/** Width of a cut. */
export const CUT = 60
const RIGHT = 950

/** Where moments stand in a drawing. */
export interface Axis {
  /** The first moment, in ms since 1970. */
  readonly from: number
  /** Place of each moment, in px. */
  readonly places: ReadonlyMap<number, number>
  readonly end: number
  readonly ticks: readonly { readonly x: number; readonly text: string }[]
  /** Where time is cut out in which nothing began or ended. */
  readonly cuts: readonly { readonly x: number; readonly text: string }[]
}

/** Places the moments at which marks begin and end, by time, with long idle gaps cut out. */
export function axisOf(marks: readonly Mark[]): Axis {
  const moments = [...new Set(marks.flatMap(({ at, until = at }) => [at, until]))].toSorted((a, b) => a - b)
  const [from = 0] = moments
  const gaps = moments.slice(1).map((to, index) => ({ begin: moments[index] ?? to, ms: to - (moments[index] ?? to) }))
  const idle = new Set(idleGaps(gaps))
  const busyMs = gaps.reduce((sum, gap) => (idle.has(gap) ? sum : sum + gap.ms), 0)
  const scale = busyMs === 0 ? 0 : (RIGHT - LEFT - idle.size * CUT) / busyMs
  const step = roundStep(busyMs / 8)
  const places = new Map([[from, LEFT]])
  const ticks = [{ x: LEFT, text: formatMoment(0, 0) }]
  const cuts: { x: number; text: string }[] = []
  let end = LEFT
  for (const gap of gaps) {
    const begin = gap.begin - from
    const tick = (x: number, ms: number) => {
      if (x - (ticks.at(-1)?.x ?? 0) >= CUT) ticks.push({ x, text: formatMoment(ms, ms % 1 === 0 ? 0 : 1) })
    }
    if (idle.has(gap)) {
      cuts.push({ x: end, text: formatDuration(gap.ms) })
      end += CUT
      tick(end, Math.round(begin + gap.ms))
    } else {
      for (let count = Math.ceil(begin / step); count * step < begin + gap.ms; count += 1) {
        tick(end + (count * step - begin) * scale, count * step)
      }
      end += gap.ms * scale
    }
    places.set(gap.begin + gap.ms, end)
  }
  return { from, places, end, ticks, cuts }
}

/** Up to three gaps beside which all the rest would be too small to see, such as the wait for a deadline. */
function idleGaps<Gap extends { ms: number }>(gaps: readonly Gap[]): Gap[] {
  const longest = gaps.toSorted((a, b) => b.ms - a.ms)
  for (let count = Math.min(3, longest.length - 2); count > 0; count -= 1) {
    const rest = longest.slice(count).reduce((sum, { ms }) => sum + ms, 0)
    if ((longest[count - 1]?.ms ?? 0) > 3 * rest) return longest.slice(0, count)
  }
  return []
}

/** The next of 0.1, 0.2, 0.5, 1, 2, 5, 10, … ms. */
function roundStep(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(ms, 0.1)))
  return power * ([1, 2, 5].find((factor) => factor * power >= ms) ?? 10)
}
