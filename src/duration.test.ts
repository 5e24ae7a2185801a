import { describe, expect, test } from 'vitest'
import { deadlineMs, LONGEST_TIMER_MS, toMs } from './duration.ts'

describe('a length of time', () => {
  test.for([
    [0, 0],
    [1.5, 1.5],
    ['500ms', 500],
    ['8h', 28_800_000],
    ['30d', 2_592_000_000],
  ] as const)('%s is %d ms', ([duration, ms]) => {
    expect(toMs(duration, 'since')).toBe(ms)
  })

  test.for([-1, Number.NaN, Number.POSITIVE_INFINITY, '', 'soon', '-5s'])('%s is none', (duration) => {
    expect(() => toMs(duration, 'since')).toThrow(/since is .*, which is not a duration/)
  })

  test('a deadline is not beyond what a timer can wait, which would end at once', () => {
    expect(deadlineMs('5s')).toBe(5_000)
    expect(deadlineMs('30d')).toBe(LONGEST_TIMER_MS)
  })
})
