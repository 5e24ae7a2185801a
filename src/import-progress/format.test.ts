import { expect, test } from 'vitest'
import { formatBar, formatPercent, formatRate, formatRows, formatTime } from './format.ts'

test.for([
  [0, '0 rows'],
  [1, '1 row'],
  [999, '999 rows'],
  [1_234_567, '1,234,567 rows'],
  [20_000_000_000, '20,000,000,000 rows'],
] as const)('%d rows read %s', ([rows, text]) => {
  expect(formatRows(rows)).toBe(text)
})

test.for([
  [0, '0 rows/s'],
  [0.4, '0 rows/s'],
  [950.2, '950 rows/s'],
  [999.7, '1,000 rows/s'],
  [1000, '1.0k rows/s'],
  [12_345, '12.3k rows/s'],
  [999_999, '999.9k rows/s'],
  [4_000_000, '4.0M rows/s'],
] as const)('a rate of %d reads %s', ([rate, text]) => {
  expect(formatRate(rate)).toBe(text)
})

test.for([
  [-1, '0%'],
  [47.9, '47%'],
  // All of it, and not a row less.
  [99.99, '99%'],
  [100, '100%'],
  [1e308, '100%'],
] as const)('%d of 100 reads %s', ([percent, text]) => {
  expect(formatPercent(percent)).toBe(text)
})

test.for([
  [0, '0s'],
  [8400, '8s'],
  [59_600, '1m 00s'],
  [125_000, '2m 05s'],
  [599_000, '9m 59s'],
  [725_000, '12m'],
  [3_720_000, '1h 02m'],
  [273_600_000, '3d 04h'],
] as const)('%d ms read %s', ([ms, text]) => {
  expect(formatTime(ms)).toBe(text)
})

test.for([
  [0, '', '░░░░░░░░░░'],
  [47, '████', '░░░░░░'],
  [99.9, '█████████', '░'],
  [100, '██████████', ''],
  [250, '██████████', ''],
] as const)('a bar of %d', ([percent, done, left]) => {
  expect(formatBar(percent, 10)).toEqual({ done, left })
})
