import { cumulativeStdNormalProbability, median } from 'simple-statistics'
import type { Course } from './course.ts'

/** Runs that get slower, each a little. */
export interface Drift {
  /** How much longer than the run before each takes, as a fraction. */
  readonly perRun: number
  /** How many runs have done so, the last one included. */
  readonly runs: number
  /** How sure it is, 0 to 1. */
  readonly certainty: number
  /** What the oldest of them amount to, as the values of the course. */
  readonly oldest: number
}

/** How sure it must be. */
const CERTAIN_ENOUGH = 0.99
/** What changes less from run to run is no news. */
const LEAST = 0.002
/** How many runs are the oldest. */
const OLDEST = 5

/** The drift of a course that ends with this value; undefined if runs do not get slower, or that may be chance. */
export function driftOf({ kind, values, slope }: Course, value: number): Drift | undefined {
  if (kind !== 'trend' || slope < LEAST) return undefined
  const certainty = certaintyOfRise([...values, value])
  if (certainty < CERTAIN_ENOUGH) return undefined
  const oldest = median(values.slice(0, OLDEST))
  return { perRun: Math.exp(slope) - 1, runs: values.length + 1, certainty, oldest }
}

/**
 * How sure it is that values rise from first to last, 0 to 1: one minus the chance of so many rises without any trend.
 * Mann and Kendall's test, which counts pairs and so cares for no single value. Ties make it less sure, never more.
 * https://en.wikipedia.org/wiki/Mann-Kendall_test
 */
function certaintyOfRise(values: readonly number[]): number {
  const n = values.length
  let rises = 0
  for (const [at, value] of values.entries()) {
    for (let later = at + 1; later < n; later += 1) rises += Math.sign((values[later] ?? value) - value)
  }
  const spread = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  return cumulativeStdNormalProbability((rises - Math.sign(rises)) / spread)
}
