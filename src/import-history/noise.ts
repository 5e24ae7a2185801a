import { median } from 'simple-statistics'
import { chanceAbove } from './student-t.ts'

/** From a median absolute deviation to a standard deviation, if values are spread normally. */
const SCALE = 1.4826
/**
 * What that falls short of in few values, by their number. Croux and Rousseeuw, Time-efficient algorithms for two highly
 * robust estimators of scale, 1992.
 */
const SHORTFALL = [1, 1, 1.196, 1.495, 1.363, 1.206, 1.2, 1.14, 1.129, 1.107]
/** Beyond so many of those a value is an outlier, which says nothing of the spread of the others. */
const OUTLYING = 4
/** A spread below is not believed: so few runs may be alike by chance. Of logarithms: 1%. */
const LEAST = 0.01
/** So much wider on one side, of so many values, the spread is that of this side: slow runs are often further off. */
const SKEWED = 1.6
const LEAST_SIDES = 8

/** How residuals are spread, without those that lie far outside. */
export class Noise {
  /** Standard deviation, of logarithms: 0.05 is 5%. */
  readonly spread: number
  /** Mean of what is not outside: better known than the median from which the residuals were taken. */
  readonly mean: number
  readonly #degrees: number
  readonly #most: number

  /** @param parameters how many numbers were fitted to the runs, which makes their residuals smaller than the spread. */
  constructor(residuals: readonly number[], parameters: number) {
    const n = residuals.length
    const shortfall = SHORTFALL[n] ?? n / (n - 0.8)
    this.#most = OUTLYING * Math.max(SCALE * shortfall * median(residuals.map(Math.abs)), LEAST)
    const kept = residuals.filter((each) => !this.isOutlier(each))
    this.mean = kept.reduce((sum, each) => sum + each, 0) / kept.length
    this.#degrees = Math.max(1, kept.length - parameters)
    const squares = kept.reduce((sum, each) => sum + (each - this.mean) ** 2, 0)
    const above = rootMeanSquare(kept.filter((each) => each > 0))
    const isSkewed = n >= LEAST_SIDES && above > SKEWED * rootMeanSquare(kept.filter((each) => each < 0))
    this.spread = Math.max(isSkewed ? above : Math.sqrt(squares / this.#degrees), LEAST)
  }

  /** Whether it is so far outside that it says nothing of the others. */
  isOutlier(residual: number): boolean {
    return Math.abs(residual) > this.#most
  }

  /**
   * One minus the chance that a run without any change is so far from what was predicted.
   *
   * @param factor how much wider a prediction is spread than the runs: what it rests on is not known exactly.
   */
  certainty(far: number, factor: number): number {
    return 1 - chanceAbove(far / (this.spread * factor), this.#degrees)
  }
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, each) => sum + each * each, 0) / Math.max(1, values.length))
}
