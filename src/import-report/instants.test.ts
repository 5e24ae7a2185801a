import { expect, test } from 'vitest'
import { oneImportRecord } from '../../fixtures/import-records.ts'
import type { ImportRecord } from '../import-jobs/import-record.ts'
import { spanOf, tickText } from './instants.ts'

const at = (clock: string) => Date.parse(`2026-03-03T${clock}Z`)
const iso = (clock: string) => new Date(at(clock)).toISOString()

/** A record without times but for when its watch was over. */
function untimed(different: Partial<ImportRecord>): ImportRecord {
  const { createdAt: _c, startedAt: _s, endedAt: _e, durationMs: _d, ...rest } = oneImportRecord()
  return { ...rest, at: iso('23:00:00'), timeLine: [], curve: [], ...different }
}

test("a job's span is by the server's clock", () => {
  const times = { createdAt: iso('22:00:00'), startedAt: iso('22:01:00'), endedAt: iso('22:30:00') }
  const span = { created: at('22:00:00'), started: at('22:01:00'), ended: at('22:30:00'), over: true }
  expect(spanOf(untimed(times))).toEqual(span)
})

test('else as watched: so long before the watch was over', () => {
  const span = { created: at('22:50:00'), started: at('22:50:00'), ended: at('23:00:00'), over: true }
  expect(spanOf(untimed({ durationMs: 600_000 }))).toEqual(span)
})

test('a job that never started has only waited, and one that runs has no end yet', () => {
  const createdAt = iso('22:10:00')
  const pending = { created: at('22:10:00'), started: at('23:00:00'), ended: at('23:00:00'), over: false }
  expect(spanOf(untimed({ createdAt, outcome: 'pending' }))).toEqual(pending)
  expect(spanOf(untimed({ createdAt, startedAt: createdAt, outcome: 'running' }))).toMatchObject({ over: false })
  expect(spanOf(untimed({ createdAt, startedAt: createdAt, outcome: 'awaiting-resolution' }))).toMatchObject({
    over: false,
  })
})

test('nothing is made up when no time is known', () => {
  expect(spanOf(untimed({ at: '' }))).toBeUndefined()
})

test('midnight is a day on an axis, and seconds are shown when ticks are that close', () => {
  const midnight = Date.parse('2026-03-04T00:00:00Z')
  expect([
    tickText(midnight, 3_600_000),
    tickText(at('22:30:00'), 1_800_000),
    tickText(at('22:30:15'), 15_000),
  ]).toEqual(['4 Mar', '22:30', '22:30:15'])
})

test('an axis of several years has them at its days', () => {
  expect(tickText(Date.parse('2026-03-04T00:00:00Z'), 86_400_000, false)).toBe('4 Mar 2026')
})
