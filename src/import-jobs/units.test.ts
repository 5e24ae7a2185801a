import { expect, test } from 'vitest'
import { parseBytes, parseCount, parseTimeLeft } from './units.ts'

test.for([
  ['1.15GiB', 1_234_803_098],
  ['100MiB', 104_857_600],
  ['1KiB', 1_024],
  ['0B', 0],
  ['512B', 512],
  ['298GB', 298_000_000_000],
  ['10.96MB/s', 10_960_000],
  ['2.5 TiB', 2_748_779_069_440],
  ['', undefined],
  ['N/A', undefined],
  ['1.2.3GiB', undefined],
  ['100 bananas', undefined],
] as const)('%s is %s bytes', ([text, bytes]) => {
  expect(parseBytes(text)).toBe(bytes)
})

test.for([
  ['07:26:03', 26_763_000],
  ['1d 00:00:01', 86_401_000],
  ['100:00:00', 360_000_000],
  ['2m3s', 123_000],
  ['1h', 3_600_000],
  ['0.5s', 500],
  ['', undefined],
  ['N/A', undefined],
] as const)('%s is %s ms', ([text, ms]) => {
  expect(parseTimeLeft(text)).toBe(ms)
})

test('a count is a number while that is exact', () => {
  expect(parseCount('9007199254740991')).toBe(9_007_199_254_740_991)
  expect(parseCount('9007199254740993')).toBe(9_007_199_254_740_993n)
  expect(parseCount('-1')).toBeUndefined()
})
