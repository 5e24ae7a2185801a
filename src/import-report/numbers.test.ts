import { expect, test } from 'vitest'
import { count, length, size, speed } from './numbers.ts'

test.for([
  [0, '0 ms'],
  [830, '830 ms'],
  [1_250, '1.3 s'],
  [45_400, '45 s'],
  [60_000, '1 min'],
  [2_112_000, '35 min 12 s'],
  [7_500_000, '2 h 5 min'],
  [3_600_000 * 76, '3 d 4 h'],
] as const)('%i ms are %s', ([ms, text]) => {
  expect(length(ms)).toBe(text)
})

test('a count of rows is exact, also where it is more than a number holds', () => {
  expect([count(1_234_567), count('18446744073709551615')]).toEqual(['1,234,567', '18,446,744,073,709,551,615'])
})

test('sizes count by 1,024, and three digits of them are shown', () => {
  expect([0, 1_023, 1_024, 1.15 * 1_024 ** 3].map(size)).toEqual(['0 B', '1,020 B', '1 KiB', '1.15 GiB'])
})

test('a slow job still has a speed', () => {
  expect([0.25, 62_100.4].map(speed)).toEqual(['0.25 rows/s', '62,100 rows/s'])
})
