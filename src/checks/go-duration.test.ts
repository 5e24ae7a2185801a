import { expect, test } from 'vitest'
import { goDurationMs } from './go-duration.ts'

test('lengths of time as Go writes them', () => {
  const texts = ['2h5m3.5s', '82.083836ms', '10m0s', '1µs', '', 'soon', '5', null]
  expect(texts.map(goDurationMs)).toEqual([
    7_503_500,
    82.083836,
    600_000,
    0.001,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})
