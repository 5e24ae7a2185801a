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
const tonightIs = (night: number, different: Partial<ImportSummary>) => importSummary(night, different)

describe('threads', () => {
  const withThreads = (threads: number, runs: readonly ImportSummary[]) => runs.map((run) => ({ ...run, threads }))

  test('only runs with as many threads are compared, and the reason says so', () => {
    const past = [...withThreads(8, nights(STEADY.slice(0, 10))), ...withThreads(4, nights(STEADY.slice(10)))]
    const pace = comparePace(tonight({ durationMs: 1_000_500, threads: 4 }), past)
    expect(pace).toMatchObject({ verdict: 'kept', runs: 10 })
    expect(pace.reason).toMatch(/; 10 left out, with 8 threads: this is with 4 threads$/)
  })

  test('enough runs, all with other threads, say nothing', () => {
    const pace = comparePace(tonight({ durationMs: 2_000_500, threads: 1 }), withThreads(2, nights(STEADY)))
    expect(pace).toMatchObject({ verdict: 'unknown', unknown: 'unlike runs', runs: 0 })
    expect(pace.reason).toContain('20 left out, with 2 threads: this is with 1 thread')
  })

  test('what is not known is like what is not known alone', () => {
    const unknown = nights(STEADY)
    expect(comparePace(tonight({ durationMs: 2_000_500 }), unknown)).toMatchObject({ verdict: 'slower', runs: 20 })
    const pace = comparePace(tonight({ durationMs: 2_000_500, threads: 4 }), unknown)
    expect(pace).toMatchObject({ verdict: 'unknown', unknown: 'unlike runs' })
    expect(pace.reason).toContain('20 left out, with an unknown number of threads: this is with 4 threads')
    expect(comparePace(tonight({ durationMs: 2_000_500 }), withThreads(4, unknown)).reason).toContain(
      'with 4 threads: this is with an unknown number of threads',
    )
  })
})

describe('a history doctored to be slower', () => {
  test('20 steady runs and one that took 25% longer: slower', () => {
    const pace = comparePace(tonight({ durationMs: 1_250_625 }), nights(STEADY))
    expect(pace).toMatchObject({ verdict: 'slower', metric: 'rows/s', runs: 20 })
    expect(pace.value).toBeCloseTo(799.6, 1)
    expect(pace.median).toBeCloseTo(999.3, 1)
    expect(pace.slowdown).toBeCloseTo(0.25, 3)
    expect(pace.confidence).toBeGreaterThan(0.999)
    expect(pace.reason).toBe('800 rows/s, 24.9% slower than the last 20 runs (999 rows/s, spread 1%): 99.9% certain')
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
    expect(pace.confidence).toBeGreaterThan(0.9)
    expect(pace.confidence).toBeLessThan(0.99)
    expect(pace.reason).toMatch(/that may be chance, \d\d\.\d% certain and 99% needed$/)
    // What stands out of that, too, is told.
    expect(comparePace(tonight({ durationMs: 1_700_300 }), nights(NOISY)).verdict).toBe('slower')
  })

  test('5 runs are fewer grounds than 20', () => {
    const [few, many] = [5, 20].map((runs) => comparePace(tonight({ durationMs: 1_350_625 }), nights(NOISY), { runs }))
    expect(few).toMatchObject({ runs: 5, verdict: 'kept' })
    expect(many).toMatchObject({ runs: 20, verdict: 'slower' })
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
  const driftingBy = (factor: number, night: number) => (STEADY[night % 20] ?? 0) * factor ** night
  const drifting = (factor: number, count: number) =>
    nights(Array.from({ length: count }, (_, n) => driftingBy(factor, n)))

  test('is told before it is a failure', () => {
    const pace = comparePace(tonightIs(12, { durationMs: 1_000_500 * 1.03 ** 12 }), drifting(1.03, 12))
    expect(pace).toMatchObject({ verdict: 'kept', runs: 12, trend: { runs: 13 } })
    expect(pace.trend?.perRun).toBeCloseTo(0.03, 2)
    expect(pace.slowdown).toBeLessThan(0.03)
    expect(pace.reason).toMatch(
      /than the trend of the last 12 runs .*; each of the last 13 runs was about 2.9% slower than the one before, 99.9% certain$/,
    )
  })

  test('is a failure once a run takes twice as long as the oldest', () => {
    const pace = comparePace(tonightIs(20, { durationMs: 1_000_500 * 1.05 ** 20 }), drifting(1.05, 20))
    expect(pace).toMatchObject({ verdict: 'slower', trend: { runs: 21 } })
    expect(pace.reason).toMatch(/gradually, it takes twice as long as the oldest of them$/)
    const before = comparePace(tonightIs(20, { durationMs: 1_000_500 * 1.03 ** 20 }), drifting(1.03, 20))
    expect(before).toMatchObject({ verdict: 'kept', trend: { runs: 21 } })
  })

  test('does not hide a night that takes twice as long', () => {
    for (const factor of [1.03, 0.97]) {
      const durationMs = 2 * 1_000_500 * factor ** 20
      expect(comparePace(tonightIs(20, { durationMs }), drifting(factor, 20)).verdict).toBe('slower')
    }
  })

  test('is told from when it began', () => {
    const durations = Array.from({ length: 20 }, (_, night) => driftingBy(night < 8 ? 1 : 1.03, Math.max(0, night - 8)))
    const pace = comparePace(tonightIs(20, { durationMs: 1_000_500 * 1.03 ** 12 }), nights(durations))
    expect(pace).toMatchObject({ verdict: 'kept', trend: { runs: expect.toBeOneOf([12, 13, 14]) as number } })
  })

  test('one slow run is none', () => {
    const pace = comparePace(tonight({ durationMs: 1_250_625 }), nights(NOISY))
    expect(pace.verdict).toBe('kept')
  })

  test('runs are taken in order of time, whatever order they come in', () => {
    const last = tonightIs(20, { durationMs: 1_000_500 * 1.015 ** 20 })
    expect(comparePace(last, drifting(1.015, 20).toReversed())).toEqual(comparePace(last, drifting(1.015, 20)))
    const [older, newer] = [nights(STEADY.map((ms) => ms / 2)), nights(STEADY).map((run) => ({ ...run }))]
    const moved = newer.map((run, night) => ({
      ...run,
      at: importSummary(night + 50).at,
      createdAt: importSummary(night + 50).createdAt ?? '',
    }))
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
      expect(pace).toMatchObject({ metric: 'ms', verdict: 'slower', runs: 20 })
      expect(pace.reason).toContain('20 min 51 s, 24.9% slower than the last 20 runs (16 min 41 s')
    },
  )
})

test('when too few runs know their rows, durations are compared', () => {
  const past = nights(STEADY).map(({ rows, ...run }, night) => (night < 4 ? { ...run, rows: rows ?? 0 } : run))
  expect(comparePace(tonight(), past)).toMatchObject({ metric: 'ms', runs: 20, verdict: 'kept' })
  const { reason, ...enough } = comparePace(tonight(), past, { minRuns: 4 })
  expect(enough).toMatchObject({ metric: 'rows/s', runs: 4, verdict: 'kept' })
  expect(reason).toContain('the last 4 runs')
})

test('a second that the server does not show may be what makes the difference', () => {
  const past = nights([2_000, 2_000, 3_000, 2_000, 2_000, 2_000], { rows: 100 })
  const pace = comparePace(tonight({ rows: 100, durationMs: 3_000 }), past)
  expect(pace.verdict).toBe('kept')
  expect(pace.slowdown).toBeCloseTo(0.5, 10)
  expect(pace.reason).toMatch(
    /: within the tolerance of 20% except for the second by which the server's times may be off$/,
  )
  expect(comparePace(tonight({ rows: 100, durationMs: 9_000 }), past).verdict).toBe('slower')
  // As watched: to the ms.
  expect(comparePace(tonight({ rows: 100, durationMs: 3_001 }), past).verdict).toBe('slower')
})

describe('only what is alike is compared', () => {
  test('runs on another version are left out, and enough of them without one that is alike are told', () => {
    const others = nights(STEADY, { serverVersion: 'v8.5.4' })
    const pace = comparePace(tonight(), others)
    expect(pace).toMatchObject({ verdict: 'unknown', unknown: 'unlike runs', runs: 0 })
    expect(pace.reason).toBe(
      'not compared: only 0 of the 5 runs that are needed; 20 left out, on v8.5.4: this is v8.5.6',
    )
    const few = comparePace(tonight(), others.slice(0, 4))
    expect(few.verdict).toBe('unknown')
    expect(few.unknown).toBe('few runs')
    const both = comparePace(tonight(), [
      ...nights(
        STEADY.map((ms) => ms * 3),
        { serverVersion: 'v8.5.4' },
      ),
      ...nights(STEADY),
    ])
    expect(both).toMatchObject({ verdict: 'kept', runs: 20 })
    expect(both.reason).toContain('; 20 left out, on v8.5.4: this is v8.5.6')
  })

  test('twice as many rows in twice the time keep the pace, and so does anything up to that', () => {
    for (const durationMs of [1_000_500, 1_500_500, 2_001_500]) {
      const { verdict, reason } = comparePace(tonight({ rows: 2_000_100, bytes: 6e8, durationMs }), nights(STEADY))
      expect(verdict).toBe('kept')
      expect(reason).toContain('; it has 2,000,100 rows, and 1,000,000 are usual')
    }
    expect(comparePace(tonight({ rows: 2_000_000, bytes: 6e8, durationMs: 4_000_500 }), nights(STEADY)).verdict).toBe(
      'slower',
    )
  })

  test('as many rows of twice the size may take twice as long', () => {
    const wide = { bytes: 600_000_000, durationMs: 2_001_500 }
    expect(comparePace(tonight(wide), nights(STEADY)).verdict).toBe('kept')
    expect(comparePace(tonight({ durationMs: 2_001_500 }), nights(STEADY)).verdict).toBe('slower')
  })

  test.for([
    ['a tenth of the rows', { rows: 1_000_000, bytes: 3e8, durationMs: 370_500 }, 10_000_000],
    ['20 rows', { rows: 20, bytes: 6_000, durationMs: 2_300 }, 1_000_000],
  ] as const)('%s of what is usual can not be compared: a fixed cost is not known', ([, job, usual]) => {
    const past = nights(STEADY, { rows: usual, bytes: 300 * usual })
    const pace = comparePace(tonight(job), past)
    expect(pace).toMatchObject({ verdict: 'unknown', unknown: 'unlike runs' })
    expect(pace.reason).toContain('and its runs tell no more than that')
    // What is beyond anything that may be expected is told all the same.
    expect(comparePace(tonight({ ...job, durationMs: 2_500_500 }), past).verdict).toBe('slower')
    expect(comparePace(tonight({ ...job, durationMs: 11 }), past).verdict).toBe('faster')
  })

  test('with runs of all sizes, a fixed cost is known', () => {
    const sizes = [1, 10, 3, 7, 2, 5, 9, 4, 6, 8, 1, 3]
    const msOf = (size: number) => 300_000 + 70_000 * size
    const of = (size: number, night: number, ms = msOf(size)) =>
      importSummary(night, {
        rows: size * 1e6,
        bytes: size * 3e8,
        durationMs: Math.round(ms * (1 + (STEADY[night] ?? 0) / 1e9)) + 500,
      })
    const past = sizes.map((size, night) => of(size, night))
    for (const size of [1, 5, 10]) {
      expect(comparePace(of(size, 12), past)).toMatchObject({ verdict: 'kept' })
      expect(comparePace(of(size, 12, 1.4 * msOf(size)), past)).toMatchObject({ verdict: 'slower' })
    }
    expect(comparePace(of(10, 12), past).reason).toMatch(
      /than the last 12 runs for as many rows, \d\d% of a usual run being fixed/,
    )
  })
})

describe('what comes and goes is usual', () => {
  const by = (...durations: number[]) => nights(durations.map((seconds) => seconds * 1_000 + 1))
  const turns = by(...Array.from({ length: 20 }, (_, night) => (night % 2 === 0 ? 1_000 : 1_600)))
  const after = (seconds: number, past: readonly ImportSummary[]) =>
    comparePace(tonightIs(past.length, { durationMs: seconds * 1_000 + 1 }), past)

  test('by turns 1000 s and 1600 s: either is kept, what is beyond both is slower', () => {
    expect(after(1_000, turns).verdict).toBe('kept')
    expect(after(1_600, turns).verdict).toBe('kept')
    expect(after(2_400, turns).verdict).toBe('slower')
    expect(after(1_600, turns).reason).toContain('the nearest of 2 levels of the last 20 runs')
    expect(after(1_600, by(1_000, 1_600, 1_000, 1_600, 1_000)).verdict).toBe('kept')
  })

  test('ten at 1000 s, ten at 500 s: 1000 s is slower', () => {
    const pace = after(1_000, by(...Array.from({ length: 20 }, (_, night) => (night < 10 ? 1_000 : 500))))
    expect(pace.verdict).toBe('slower')
    expect(pace.reason).toContain('than the last 10 runs, since their pace changed')
  })

  test('a pace that lasts for five runs is the new one, four are none', () => {
    const since = (count: number) =>
      by(...Array.from({ length: 20 }, (_, night) => (night < 20 - count ? 1_000 : 2_000)))
    expect(after(2_000, since(4)).verdict).toBe('slower')
    expect(after(2_000, since(5)).verdict).toBe('kept')
  })

  test('each Sunday takes twice as long: on another day that is slower', () => {
    // The last of these nights is a Sunday, so that the next is a Monday.
    const week = (count: number) =>
      by(...Array.from({ length: count }, (_, night) => (night % 7 === 6 ? 2_000 : 1_000) + (night % 3)))
    expect(after(2_000, week(20))).toMatchObject({ verdict: 'kept' })
    expect(after(2_000, week(20)).reason).toContain('such days of the week')
    expect(after(4_000, week(20)).verdict).toBe('slower')
    expect(after(1_000, week(21)).verdict).toBe('kept')
    expect(after(2_000, week(21)).verdict).toBe('slower')
    // In the second week there has been but one.
    expect(after(2_000, week(13)).verdict).toBe('kept')
  })
})
