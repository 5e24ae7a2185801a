import { expect, test } from 'vitest'
import { farClock } from './clocks-alike.ts'

test('a clock that is ahead is so by less than it seems, if the answer took long', () => {
  expect(farClock('pd', 'behind', { off: 700, took: 900, apart: 500 }).message).toBe(
    'its clock is 700 ms or more behind that of the tidb-server that was asked',
  )
  expect(farClock('pd', 'ahead', { off: 700, took: 100, apart: 500 })).toMatchObject({
    message:
      'its clock is 700 ms or more ahead of that of the tidb-server that was asked, less the 100 ms that the answer took',
    observed: 600,
  })
  expect(() => farClock('pd', 'ahead', { off: 700, took: 900, apart: 500 })).toThrow('the answer took 900 ms')
})
