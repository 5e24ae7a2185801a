import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { performance } from '../clock.ts'
import { ImportJob } from './import-job.ts'
import { recordOf } from './record-of.ts'
import { TrackedJob } from './tracked-job.ts'

// Fake timers do not reach our clock.
let now = 0

beforeEach(() => {
  now = 1_000
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  vi.useFakeTimers({ toFake: ['Date'] })
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

function running(rows: number | null, phase = 'importing', Status = 'running') {
  return new ImportJob({ Job_ID: 7, Target_Table: '`shop`.`orders`', Phase: phase, Status, Imported_Rows: rows })
}

function after(ms: number): void {
  now += ms
}

test('standing still lasts from the first to the last poll in which the server says the same', () => {
  const job = new TrackedJob('7', 1_000)
  job.see(running(0))
  after(400)
  job.see(running(0))
  expect(job.idleMs).toBe(400)
  // When it moved since the last poll, nobody knows.
  after(100)
  job.see(running(1))
  expect(job.idleMs).toBe(0)
  after(300)
  job.see(running(1, 'validating'))
  expect(job).toMatchObject({ idleMs: 0, longestIdleMs: 400, moves: 2, seenMs: 800 })
})

test('time in the queue is no standing still, before it runs and after', () => {
  const job = new TrackedJob('7', 1_000)
  const queued = () => running(0, '', 'pending')
  for (const now of [queued(), queued(), running(0), running(0), queued(), queued(), queued(), running(5)]) {
    job.see(now)
    after(500)
  }
  expect(job).toMatchObject({ idleMs: 0, longestIdleMs: 500 })
  expect(job.timeLine().map(({ kind }) => kind)).not.toContain('stalled')
})

test('the last standstill before the end counts', () => {
  const job = new TrackedJob('7', 1_000)
  job.see(running(1))
  after(700)
  job.see(running(1))
  after(20)
  job.see(running(2, '', 'finished'))
  after(5_000)
  expect(job).toMatchObject({ idleMs: 0, longestIdleMs: 700, endedUnseen: false })
})

test('a job that had ended when it was first seen was not watched', () => {
  const job = new TrackedJob('7', 1_000)
  job.see(running(2, '', 'finished'))
  expect(job).toMatchObject({ endedUnseen: true, seenMs: 0, moves: 0 })
})

test('a job that stalls and moves again says both in its time line, each once', () => {
  const job = new TrackedJob('7', 1_000)
  job.see(running(0))
  for (let poll = 0; poll < 5; poll++) {
    after(600)
    job.see(running(0))
  }
  job.see(running(5))
  expect(job.timeLine().map(({ kind }) => kind)).toEqual(['seen', 'stalled', 'moving'])
  expect(job.longestIdleMs).toBe(3_000)
})

test('what could not be seen is no time without progress', () => {
  const job = new TrackedJob('7', 1_000)
  job.see(running(10))
  after(200)
  job.see(running(10))
  after(10)
  job.lose('unreachable', new Error('connect ECONNREFUSED'))
  after(60_000)
  expect(job.idleMs).toBe(200)
  job.lose('unreachable', new Error('connect ECONNREFUSED'))
  job.see(running(10))
  expect(job).toMatchObject({ idleMs: 200, seenMs: 200 })
  after(300)
  job.see(running(10))
  expect(job).toMatchObject({ idleMs: 500, seenMs: 500 })
  expect(job.timeLine().map(({ kind }) => kind)).toEqual(['seen', 'unreachable', 'reconnected'])
  expect(job.timeLine()[2]?.text).toBe('seen again after 1 min')
})

test('a clock of the machine that is set back changes nothing', () => {
  const job = new TrackedJob('7', 1_000)
  job.see(running(0))
  vi.setSystemTime(new Date('2001-01-01'))
  after(250)
  job.see(running(100))
  expect(job.rate).toBe(400)
  expect(job.timeLine().every(({ ms }) => ms >= 0)).toBe(true)
})

test('rows are known of a job that failed, of which the server no longer says', () => {
  const job = new TrackedJob('7', 1_000)
  job.see(running(10))
  job.see(running(null, 'importing', 'failed'))
  expect(job).toMatchObject({ rows: 10, over: true, idleMs: 0 })
})

test('listeners hear what is new, once for each key, and what is known at first', () => {
  const job = new TrackedJob('7', 1_000)
  const key = {}
  const heard: (number | bigint | undefined)[] = []
  job.see(running(1))
  job.listen(key, ({ importedRows }) => heard.push(importedRows))
  job.listen(key, () => heard.push(-1))
  job.see(running(1))
  job.see(running(2))
  expect(heard).toEqual([1, 2])
})

test('it ends once, and what it failed with is kept', async () => {
  const job = new TrackedJob('7', 1_000)
  const error = new Error('there is no import job 7')
  job.fail(error)
  job.fail(new Error('later'))
  await job.end
  expect(job).toMatchObject({ over: true, error })
})

test('its time stops with its end: what comes after is not how long it took', () => {
  const job = new TrackedJob('7', 1_000)
  job.see(running(10))
  after(200)
  job.see(running(10, 'importing', 'cancelled'))
  after(60_000)
  expect(job.ms).toBe(200)
  const { durationMs, at, phases } = recordOf(job, 'orders', 'h:4000', { run: 'r', serverVersion: 'v8.5.6' })
  expect(durationMs).toBe(200)
  expect(Date.parse(at)).toBe(Math.floor(performance.timeOrigin + job.since + 200))
  expect(phases).toEqual([{ phase: 'importing', ms: 200 }])
})

test('what a poll brings after the end was seen by another statement changes nothing', () => {
  const job = new TrackedJob('7', 1_000)
  job.see(running(10))
  job.see(running(10, 'importing', 'cancelled'))
  const { polls } = job
  job.see(running(20))
  expect(job).toMatchObject({ over: true, polls, job: { status: 'cancelled' } })
})
