import { expect, test } from 'vitest'
import {
  formatCount,
  formatDuration,
  formatMoment,
  formatQuantity,
  formatRate,
  formatShare,
  formatSize,
} from './number-format.ts'

test.for([
  [0, '0 ms'],
  [0.04, '0 ms'],
  [4.62, '4.6 ms'],
  [99.96, '100 ms'],
  [830, '830 ms'],
  [999.6, '1 s'],
  [1_250, '1.25 s'],
  [45_400, '45.4 s'],
  [59_960, '1 min'],
  [60_000, '1 min'],
  [125_000, '2 min 5 s'],
  [2_112_000, '35 min 12 s'],
  [7_500_000, '2 h 5 min'],
  [3_600_000 * 76, '3 d 4 h'],
  [86_400_000 * 1_200, '1,200 d'],
] as const)('%d ms are %s', ([ms, text]) => {
  expect(formatDuration(ms)).toBe(text)
})

test('a place on a time line keeps its tenth of a ms, however far it is', () => {
  expect([0, 89.14, 3_600_000.5].map((ms) => formatMoment(ms))).toEqual(['+0.0 ms', '+89.1 ms', '+3,600,000.5 ms'])
  expect(formatMoment(20, 0)).toBe('+20 ms')
})

test('a count is exact, even if a number can not hold it', () => {
  expect([0, 999, 1_234_567, 2n ** 64n, '18446744073709551615'].map(formatCount)).toEqual([
    '0',
    '999',
    '1,234,567',
    '18,446,744,073,709,551,616',
    '18,446,744,073,709,551,615',
  ])
})

test('one of something is not many', () => {
  expect([0, 1, 1n, '1', 1_000].map((number) => formatQuantity(number, 'row'))).toEqual([
    '0 rows',
    '1 row',
    '1 row',
    '1 row',
    '1,000 rows',
  ])
  expect(formatQuantity(2, 'query', 'queries')).toBe('2 queries')
})

test('sizes count by 1,024, and three digits of them are shown', () => {
  expect([0, 1_023, 1_024, 1.15 * 1_024 ** 3].map(formatSize)).toEqual(['0 B', '1,023 B', '1 KiB', '1.15 GiB'])
})

test('a slow job still has a rate', () => {
  expect([0, 0.25, 9.999, 62_100.4].map(formatRate)).toEqual(['0 rows/s', '0.25 rows/s', '10 rows/s', '62,100 rows/s'])
})

test.for([
  [0.15, '15%'],
  [0.29, '29%'],
  [0.2494, '24.9%'],
  [1.25, '125%'],
  // All of it, and not a row less.
  [0.99999, '99.9%'],
  [1, '100%'],
] as const)('%d of the whole is %s', ([fraction, text]) => {
  expect(formatShare(fraction)).toBe(text)
})
