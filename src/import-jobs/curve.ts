import type { CurvePoint } from './import-record.ts'

/** How many points a curve keeps at most: half of them are dropped when it is full, so memory does not grow. */
const KEPT = 1_000
/** Over how many polls a rate is taken. */
const WINDOW = 20

/** Rows imported over time: the whole curve at a resolution that halves as it grows, the last polls exactly. */
export class Curve {
  #points: CurvePoint[] = []
  #last: CurvePoint | undefined
  /** Only one in so many polls becomes a point. */
  #every = 1
  #polls = 0
  readonly #window: CurvePoint[] = []

  /** Notes how many rows there were, so many ms after the watch began. */
  add(ms: number, rows: number): void {
    const point = { ms, rows }
    this.#last = point
    if (this.#window.length === WINDOW) this.#window.shift()
    this.#window.push(point)
    if (this.#polls++ % this.#every !== 0) return
    this.#points.push(point)
    if (this.#points.length < KEPT) return
    this.#points = this.#points.filter((_, index) => index % 2 === 0)
    this.#every *= 2
  }

  /** Begins the rate anew: over a time that nobody saw, there is none. */
  interrupt(): void {
    this.#window.length = 0
  }

  /** Rows a second over the last polls; undefined before two of them. */
  get rate(): number | undefined {
    const [first] = this.#window
    const last = this.#window.at(-1)
    if (first === undefined || last === undefined || last.ms <= first.ms) return undefined
    return Math.max(0, (last.rows - first.rows) / (last.ms - first.ms)) * 1_000
  }

  /** At most so many points, the first and the last among them. */
  points(most: number): CurvePoint[] {
    const all =
      this.#last === undefined || this.#last === this.#points.at(-1) ? this.#points : [...this.#points, this.#last]
    if (all.length <= most) return [...all]
    const step = (all.length - 1) / (most - 1)
    return Array.from({ length: most }, (_, index) => all[Math.round(index * step)] as CurvePoint)
  }
}
