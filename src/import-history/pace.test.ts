import { describe, expect, test } from 'vitest'
import { importSummary, nights } from '../../specs/import-history/import-summaries.ts'
import type { ImportSummary } from '../import-jobs/import-record.ts'
import { comparePace } from './pace.ts'

// 1% around 1000 s, and about 12% around it: the same each time, in no order that rises.
const STEADY = [0, 9, -7, 3, -10, 6, -2, 8, -5, 1, -9, 4, 10, -3, 7, -8, 2, -6, 5, -1].map((x) => 1_000_500 + x * 1_000)
const NOISY = [0, 14, -11, 5, -19, 9, -3, 18, -8, 2, -14, 7, 22, -5, 11, -12, 3, -9, 8, -2].map(
  (x) => 1_000_500 + x * 10_000,
)

const tonight = (different: Partial<ImportSummary> = {}) => importSummary(99, different)

describe('a history doctored to be slower', () => {
  test('20 steady runs and one that took 25% longer: slower', () => {
    const pace = comparePace(tonight({ durationMs: 1_250_625 }), nights(STEADY))
    expect(pace).toMatchObject({ verdict: 'slower', metric: 'rows/s', runs: 20 })
    expect(pace.value).toBeCloseTo(799.6, 1)
    expect(pace.median).toBeCloseTo(999.0, 1)
    expect(pace.slowdown).toBeCloseTo(0.249, 3)
    expect(pace.confidence).toBeGreaterThan(0.999)
    expect(pace.reason).toBe(
      '800 rows/s, 24.9% slower than the median of the last 20 runs (999 rows/s, spread 0.8%): 99.9% certain',
    )
  })

  test('a tolerance of 30% keeps it', () => {
    const pace = comparePace(tonight({ durationMs: 1_250_625 }), nights(STEADY), { tolerance: 0.3 })
    expect(pace).toMatchObject({ verdict: 'kept', reason: expect.stringMatching(/: within the tolerance of 30%$/) })
  })

  test('exactly the tolerance is within it', () => {
    const past = nights(Array.from({ length: 20 }, () => 1_000_500))
    expect(comparePace(tonight({ durationMs: 1_200_600 }), past)).toMatchObject({ verdict: 'kept' })
    expect(comparePace(tonight({ durationMs: 1_200_700 }), past)).toMatchObject({ verdict: 'slower' })
  })

  test('25% are within the spread of a noisy history', () => {
    const pace = comparePace(tonight({ durationMs: 1_250_625 }), nights(NOISY))
    expect(pace.verdict).toBe('kept')
    expect(pace.confidence).toBeGreaterThan(0.8)
    expect(pace.confidence).toBeLessThan(0.95)
    expect(pace.reason).toMatch(/that may be chance, \d\d\.\d% certain and 95% needed$/)
    // What stands out of that, too, is told.
    expect(comparePace(tonight({ durationMs: 1_700_300 }), nights(NOISY)).verdict).toBe('slower')
  })

  test('5 runs are fewer grounds than 20', () => {
    const [few, many] = [5, 20].map((runs) => comparePace(tonight({ durationMs: 1_250_625 }), nights(NOISY), { runs }))
    expect(few?.runs).toBe(5)
    expect(few?.confidence).toBeLessThan(many?.confidence ?? 0)
    const steady = comparePace(tonight({ durationMs: 1_250_625 }), nights(STEADY), { runs: 5 })
    expect(steady.verdict).toBe('slower')
  })

  test('a quarter less time is faster', () => {
    const pace = comparePace(tonight({ durationMs: 750_375 }), nights(STEADY))
    expect(pace.verdict).toBe('faster')
    expect(pace.slowdown).toBeCloseTo(-0.25, 2)
    expect(pace.reason).toContain('25% faster')
  })
})

describe('too little to compare with', () => {
  test('4 runs when 5 are needed', () => {
    const pace = comparePace(tonight({ durationMs: 9_000_500 }), nights(STEADY.slice(0, 4)))
    expect(pace).toMatchObject({ verdict: 'unknown', runs: 4, confidence: undefined })
    expect(pace.reason).toBe('not compared: only 4 of the 5 runs that are needed')
    expect(comparePace(tonight(), nights(STEADY.slice(0, 4)), { minRuns: 4 }).verdict).toBe('kept')
  })

  test('no run at all', () => {
    const pace = comparePace(tonight(), [])
    expect(pace).toMatchObject({ verdict: 'unknown', runs: 0, median: undefined, spread: undefined })
    expect(pace.slowdown).toBeUndefined()
  })

  test('runs that did not finish do not count', () => {
    const past = [...nights(STEADY.slice(0, 4)), ...nights(STEADY, { outcome: 'failed' })]
    expect(comparePace(tonight(), past)).toMatchObject({ verdict: 'unknown', runs: 4 })
  })

  test('settings that never compare say so', () => {
    const { reason } = comparePace(tonight(), nights(STEADY), { runs: 3, minRuns: 5 })
    expect(reason).toBe('not compared: 5 runs are needed, and only the last 3 are compared')
  })
})

describe('outliers', () => {
  test('9 runs of 20 that took three times as long do not carry the baseline away', () => {
    const past = nights(STEADY.map((ms, at) => (at % 2 === 0 && at < 18 ? ms * 3 : ms)))
    const pace = comparePace(tonight({ durationMs: 1_250_625 }), past)
    expect(pace.verdict).toBe('slower')
    expect(pace.median).toBeGreaterThan(980)
  })

  test('nor do 10 of 20, some fast and some slow', () => {
    const past = nights(STEADY.map((ms, at) => (at % 4 === 0 ? ms * 3 : at % 4 === 1 ? ms / 3 : ms)))
    expect(comparePace(tonight(), past).median).toBeCloseTo(999, -1)
    expect(comparePace(tonight(), past).verdict).toBe('kept')
  })

  test('if every other run takes twice as long, both are usual', () => {
    const past = nights(STEADY.map((ms, at) => (at % 2 === 0 ? ms * 2 : ms)))
    expect(comparePace(tonight(), past).verdict).toBe('kept')
    expect(comparePace(tonight({ durationMs: 2_001_500 }), past).verdict).toBe('kept')
  })
})

describe('a slow drift', () => {
  // Each night 1.5% slower than the one before, and none beyond the tolerance of its median.
  const drifting = STEADY.map((ms, night) => ms * 1.015 ** night)

  test('is told when it has come beyond the tolerance', () => {
    const pace = comparePace(tonight({ durationMs: 1_000_500 * 1.015 ** 20 }), nights(drifting))
    expect(pace).toMatchObject({ verdict: 'slower', runs: 5 })
    expect(pace.slowdown).toBeGreaterThan(0.25)
    expect(pace.reason).toMatch(
      /% slower than the median of the 5 oldest of the last 20 runs .*gradually, 99.9% certain$/,
    )
  })

  test('is kept before', () => {
    const past = nights(drifting.slice(0, 11))
    expect(comparePace(tonight({ durationMs: 1_000_500 * 1.015 ** 11 }), past).verdict).toBe('kept')
  })

  test('one slow run is none', () => {
    const pace = comparePace(tonight({ durationMs: 1_250_625 }), nights(NOISY))
    expect(pace.verdict).toBe('kept')
  })

  test('runs are taken in order of time, whatever order they come in', () => {
    const last = tonight({ durationMs: 1_000_500 * 1.015 ** 20 })
    expect(comparePace(last, nights(drifting).toReversed())).toEqual(comparePace(last, nights(drifting)))
    const [older, newer] = [nights(STEADY.map((ms) => ms / 2)), nights(STEADY).map((run) => ({ ...run }))]
    const moved = newer.map((run, night) => ({ ...run, at: importSummary(night + 50).at }))
    expect(comparePace(tonight(), [...moved, ...older]).verdict).toBe('kept')
  })
})

describe('bad numbers', () => {
  test.for([
    [{ durationMs: -5_000 }, 'not compared: it ended before it began: a clock jumped'],
    [{ durationMs: 0 }, 'not compared: its duration is 0: it is shorter than the clock shows'],
    [{ durationMs: Number.NaN }, 'not compared: its duration is not known'],
    [{ durationMs: Number.POSITIVE_INFINITY }, 'not compared: its duration is infinite'],
    [{ rows: 0 }, 'not compared: it imported no rows'],
    [{ outcome: 'failed' }, 'not compared: it is failed'],
  ] as const)('%o can not be compared', ([different, reason]) => {
    expect(comparePace(tonight(different), nights(STEADY))).toMatchObject({ verdict: 'unknown', reason })
  })

  test('runs whose clock jumped are left out, and that is said', () => {
    const past = [...nights(STEADY), ...[50, 51, 52].map((night) => importSummary(night, { durationMs: -1 }))]
    const { runs, reason, verdict } = comparePace(tonight(), past)
    expect({ runs, verdict }).toEqual({ runs: 20, verdict: 'kept' })
    expect(reason).toMatch(/; 3 left out \(it ended before it began: a clock jumped\)$/)
  })

  test('rows as text beyond 2^53 count', () => {
    const rows = '18446744073709551615'
    const pace = comparePace(tonight({ rows, durationMs: 1_250_625 }), nights(STEADY, { rows }))
    expect(pace).toMatchObject({ metric: 'rows/s', verdict: 'slower' })
  })

  test.for([{ rows: Number.NaN }, { rows: 'many' }, { rows: -1 }])(
    '%o is no number of rows: durations are compared',
    (different) => {
      const pace = comparePace(tonight({ ...different, durationMs: 1_250_625 }), nights(STEADY))
      expect(pace).toMatchObject({ metric: 'ms', verdict: 'slower', median: 1_001_000 })
      expect(pace.reason).toContain('20 min 51 s, 24.9% slower than the median of the last 20 runs (16 min 41 s')
    },
  )
})

test('when too few runs know their rows, durations are compared', () => {
  const past = nights(STEADY).map(({ rows, ...run }, night) => (night < 4 ? { ...run, rows: rows ?? 0 } : run))
  expect(comparePace(tonight(), past)).toMatchObject({ metric: 'ms', runs: 20, verdict: 'kept' })
  const { reason, ...enough } = comparePace(tonight(), past, { minRuns: 4 })
  expect(enough).toMatchObject({ metric: 'rows/s', runs: 4, verdict: 'kept' })
  expect(reason).toContain('the median of the last 4 runs')
})

test('a second that the server does not show may be what makes the difference', () => {
  const past = nights([2_000, 2_000, 3_000, 2_000, 2_000, 2_000], { rows: 100 })
  const pace = comparePace(tonight({ rows: 100, durationMs: 3_000 }), past)
  expect(pace.verdict).toBe('kept')
  expect(pace.slowdown).toBe(0.5)
  expect(pace.reason).toMatch(
    /: within the tolerance of 20% except for the second by which the server's times may be off$/,
  )
  expect(comparePace(tonight({ rows: 100, durationMs: 9_000 }), past).verdict).toBe('slower')
  // As watched: to the ms.
  expect(comparePace(tonight({ rows: 100, durationMs: 3_001 }), past).verdict).toBe('slower')
})

test('another version, and another amount of work, are said', () => {
  const past = nights(STEADY, { serverVersion: 'v8.5.4' })
  const { reason } = comparePace(tonight({ rows: 100_000, durationMs: 100_050 }), past)
  expect(reason).toContain('; this is v8.5.6, earlier runs were on v8.5.4')
  expect(reason).toContain('; it has 100,000 rows, and 1,000,000 are usual')
})
