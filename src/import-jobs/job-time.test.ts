import { expect, test } from 'vitest'
import { parseTime, possibleInstants } from './job-time.ts'

test.for([
  ['2026-11-25 13:00:29.485558', 'Asia/Tokyo', '2026-11-25T04:00:29.485Z'],
  ['2026-11-25 09:00:29.5', '+05:00', '2026-11-25T04:00:29.500Z'],
  ['2026-11-25 04:00:29', 'UTC', '2026-11-25T04:00:29.000Z'],
  ['2026-11-25 04:00:29', 'Etc/UTC', '2026-11-25T04:00:29.000Z'],
  ['2026-07-01 00:00:00', 'America/New_York', '2026-07-01T04:00:00.000Z'],
  ['2026-01-01 00:00:00', 'America/New_York', '2026-01-01T05:00:00.000Z'],
  ['2026-01-01 00:00:00', '-09:30', '2026-01-01T09:30:00.000Z'],
] as const)('%s in %s is %s', ([text, zone, instant]) => {
  expect(parseTime(text, zone)?.toISOString()).toBe(instant)
})

test.for(['0000-00-00 00:00:00', 'NULL', '', undefined, '2026-13'])('%s is no time', (text) => {
  expect(parseTime(text, 'UTC')).toBeUndefined()
})

test('a zone that nobody knows gives no time, and not a wrong one', () => {
  expect(parseTime('2026-11-25 04:00:29', 'Nowhere/Land')).toBeUndefined()
})

test.for([
  ['2026-11-01 01:50:00', 'America/New_York', ['2026-11-01T05:50:00.000Z', '2026-11-01T06:50:00.000Z']],
  ['2026-11-01 00:59:59', 'America/New_York', ['2026-11-01T04:59:59.000Z']],
  ['2026-11-01 02:00:00', 'America/New_York', ['2026-11-01T07:00:00.000Z']],
  // Half an hour, in the south.
  ['2026-04-05 01:45:00', 'Australia/Lord_Howe', ['2026-04-04T14:45:00.000Z', '2026-04-04T15:15:00.000Z']],
  // The clocks never showed it.
  ['2026-03-08 02:30:00', 'America/New_York', []],
] as const)('%s in %s may be %j', ([text, zone, instants]) => {
  expect(
    possibleInstants(text, zone)
      .map((at) => at.toISOString())
      .toSorted(),
  ).toEqual(instants)
  expect(parseTime(text, zone)?.toISOString()).toBe(instants.length === 1 ? instants[0] : undefined)
})
