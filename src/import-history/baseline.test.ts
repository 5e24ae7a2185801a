import { SimpleFaker } from '@faker-js/faker'
import { probit } from 'simple-statistics'
import { expect, test } from 'vitest'
import { Baseline } from './baseline.ts'

const ROUNDS = 10_000

// As many false alarms as are promised, however few the runs: with another correction it would be 2% or 13%.
test.for([5, 6, 10, 20])('of %i runs and one like them, 1 in 20 is called slower with 95% certainty', (runs) => {
  const faker = new SimpleFaker({ seed: runs })
  const run = () => 1_000 * Math.exp(0.1 * probit(faker.number.float({ min: 0, max: 1 })))
  let alarms = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const baseline = new Baseline(Array.from({ length: runs }, run), 'ms')
    const value = run()
    if (baseline.slowdown(value) > 0 && baseline.certainty(value) >= 0.95) alarms += 1
  }
  expect(alarms / ROUNDS).toBeGreaterThan(0.042)
  expect(alarms / ROUNDS).toBeLessThan(0.056)
})

test('rows/s and ms come to the same', () => {
  const durations = [900, 1_000, 1_040, 1_100, 1_300]
  const [ms, rate] = [
    new Baseline(durations, 'ms'),
    new Baseline(
      durations.map((each) => 1e6 / each),
      'rows/s',
    ),
  ]
  expect(rate.slowdown(1e6 / 1_560)).toBeCloseTo(0.5, 10)
  expect(ms.slowdown(1_560)).toBeCloseTo(0.5, 10)
  expect(rate.certainty(1e6 / 1_560)).toBeCloseTo(ms.certainty(1_560), 10)
})
