import { cumulativeStdNormalProbability } from 'simple-statistics'

/**
 * How sure it is that values rise from first to last, 0 to 1: one minus the chance of so many rises without any trend.
 * Mann and Kendall's test, which counts pairs and so cares for no single value. Ties make it less sure, never more.
 * https://en.wikipedia.org/wiki/Mann-Kendall_test
 */
export function certaintyOfRise(values: readonly number[]): number {
  const n = values.length
  let rises = 0
  for (const [at, value] of values.entries()) {
    for (let later = at + 1; later < n; later += 1) rises += Math.sign((values[later] ?? value) - value)
  }
  const spread = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  return cumulativeStdNormalProbability((rises - Math.sign(rises)) / spread)
}
