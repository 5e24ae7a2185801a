import { median, medianAbsoluteDeviation } from 'simple-statistics'
import { timesAsLong, type PaceMetric } from './comparable.ts'
import { chanceAbove } from './student-t.ts'

/** From a median absolute deviation to a standard deviation, if values are spread normally. */
const SCALE = 1.4826
/**
 * What that falls short of in few values, by their number. Croux and Rousseeuw, Time-efficient algorithms for two highly
 * robust estimators of scale, 1992.
 */
const SHORTFALL = [1, 1, 1.196, 1.495, 1.363, 1.206, 1.2, 1.14, 1.129, 1.107]
/** A spread below is not believed: so few runs may be alike by chance. A fraction of the median. */
const LEAST_SPREAD = 0.01

/** What runs usually come to: their median and spread, which less than half of them can't carry away. */
export class Baseline {
  readonly median: number
  /** Median absolute deviation, scaled to a standard deviation; in the unit of the values. */
  readonly spread: number
  readonly #metric: PaceMetric
  readonly #logSpread: number
  readonly #runs: number

  constructor(values: readonly number[], metric: PaceMetric) {
    this.#metric = metric
    this.#runs = values.length
    this.median = median([...values])
    this.spread = SCALE * medianAbsoluteDeviation([...values])
    // On logarithms half as long and twice as long are equally far, and rows/s and ms come to the same.
    const logs = values.map((value) => Math.abs(Math.log(timesAsLong(value, this.median, metric))))
    const shortfall = SHORTFALL[this.#runs] ?? this.#runs / (this.#runs - 0.8)
    this.#logSpread = Math.max(SCALE * shortfall * median(logs), LEAST_SPREAD)
  }

  /** How much longer a run took than usual, as a fraction; negative if it took less. */
  slowdown(value: number): number {
    return timesAsLong(value, this.median, this.#metric) - 1
  }

  /**
   * One minus the chance that a run without any change is so far from the median on that side. A next value strays by
   * the spread, and the median of n values by sqrt(π/2n) of it; the spread of n values is as little known as with
   * (n-1)/2 degrees of freedom. That this holds was measured: docs/decisions/robust-baseline.md
   */
  certainty(value: number): number {
    const far = Math.abs(Math.log(timesAsLong(value, this.median, this.#metric)))
    const strayed = far / (this.#logSpread * Math.sqrt(1 + Math.PI / (2 * this.#runs)))
    return 1 - chanceAbove(strayed, Math.max(1, Math.round((this.#runs - 1) / 2)))
  }
}
