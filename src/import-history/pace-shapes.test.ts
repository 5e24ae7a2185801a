import { describe, expect, test } from 'vitest'
import { CHANGES, SHAPES, type PaceChange } from '../../fixtures/pace-shapes.ts'
import { ratesOf } from '../../fixtures/pace-trials.ts'

// The verdicts as they are on average: bench/import-pace.bench.ts has ten times as many histories of each shape, and
// all the changes.
const TRIALS = 40

const [none, double] = ['none', 'double'].map((name) => CHANGES.find((change) => change.name === name)) as [
  PaceChange,
  PaceChange,
]

/** What no verdict can do, and why: docs/import-history.md. */
const HARD = new Set(['steady, 20%', 'Sundays take twice as long, 10 runs', 'two modes, one in five slow'])

describe('of histories of 50 shapes', () => {
  test.for(SHAPES)('$name', (shape) => {
    const [usual, doubled] = [ratesOf(shape, none, TRIALS), ratesOf(shape, double, TRIALS)]
    expect(usual.slower).toBeLessThanOrEqual(2 / TRIALS)
    const isOwed = doubled.tukey >= 0.9 && !HARD.has(shape.name)
    expect(doubled.slower).toBeGreaterThanOrEqual(isOwed ? 0.9 : 0)
  })
})
