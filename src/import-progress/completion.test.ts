import { expect, test } from 'vitest'
import { formatBar, formatPercent } from './completion.ts'

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
  [0, '', '░░░░░░░░░░'],
  [47, '████', '░░░░░░'],
  [99.9, '█████████', '░'],
  [100, '██████████', ''],
  [250, '██████████', ''],
] as const)('a bar of %d', ([percent, done, left]) => {
  expect(formatBar(percent, 10)).toEqual({ done, left })
})
