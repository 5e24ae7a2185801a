import { expect, test } from 'vitest'
import { CHANGES, SHAPES } from '../fixtures/pace-shapes.ts'
import { ratesOf, type PaceRates } from '../fixtures/pace-trials.ts'

const TRIALS = 400

// The table in docs/import-history.md.
test('verdicts on histories of all shapes', { timeout: 3_600_000 }, () => {
  const percent = (rate: number) => `${Number((100 * rate).toFixed(1))}%`
  const line = (cells: readonly string[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`)
  const changes = CHANGES.map((change) => change.name)
  line([
    'Runs',
    ...changes.map((name) => `${name}: slower`),
    'double: Tukey’s fence',
    'none: Tukey’s fence',
    'goal for double',
    'half: faster',
    'double data: unknown',
  ])
  let falseAlarms = 0
  for (const shape of SHAPES) {
    const rates = new Map(CHANGES.map((change) => [change.name, ratesOf(shape, change, TRIALS)]))
    const of = (name: string) => rates.get(name) as PaceRates
    line([
      shape.name,
      ...changes.map((name) => percent(of(name).slower)),
      percent(of('double').tukey),
      percent(of('none').tukey),
      goalFor(of('double')),
      percent(of('half').faster),
      percent(of('double data').unknown),
    ])
    falseAlarms = Math.max(falseAlarms, of('none').slower)
  }
  expect(falseAlarms).toBeLessThan(0.03)
})

/** A doubled night is to be found in 95% wherever Tukey's fence finds 90%. */
function goalFor({ slower, tukey }: PaceRates): string {
  if (tukey < 0.9) return 'none'
  return slower >= 0.95 ? 'met' : 'missed'
}
