import { ConfigError, expect, parseJobScript, type ImportJobs, type WatchedImportJob } from 'vitest-tidb'
import { failureOf } from '../../fixtures/failure-of.ts'
import { test } from '../../fixtures/import-test.ts'

// What counts as standing still, and what a watch must have seen for a verdict.

/** Plays one job, whose script has these steps. */
function play(jobs: ImportJobs, steps: string, options: Parameters<ImportJobs['play']>[1] = {}) {
  return jobs.play(parseJobScript(`jobs: [{ name: orders, rows: 1000, steps: [${steps}] }]`, 'orders.yaml'), options)
}

const stalledMs = (job: WatchedImportJob) => job.record({ run: 'r', serverVersion: 'v' }).stalledMs

test('time in the queue is no standing still', async ({ importJobs }) => {
  const moves = 'advance: { to: 100%, over: 800ms, every: 200ms }'
  const night = await play(importJobs, `{ after: 1s, start }, { ${moves} }, { after: 100ms, finish }`)
  const job = night.watch('orders')
  await expect(job).toProgress({ every: '700ms' })
  expect(stalledMs(job)).toBeLessThan(700)
})

test('nor is it when a job goes back to the queue', async ({ importJobs }) => {
  const steps =
    'start, { after: 100ms, advance: 10% }, { after: 100ms, pending }, { after: 1s, start }, { after: 100ms, finish }'
  const night = await play(importJobs, steps)
  const job = night.watch('orders')
  await expect(job).toProgress({ every: '700ms' })
  expect(stalledMs(job)).toBeLessThan(700)
})

test('the last standstill before the end counts', async ({ importJobs }) => {
  const night = await play(importJobs, 'start, { after: 100ms, advance: 10% }, { after: 1500ms, finish }')
  const job = night.watch('orders')
  await expect(job).toFinish()
  expect(await failureOf(expect(job).toProgress({ every: '1s' }))).toContain('there was no progress for 1.')
  await expect(job).not.toProgress({ every: '1s' })
  expect(stalledMs(job)).toBeGreaterThan(1_000)
})

test.for([
  ['a watch that polls once', { duration: 0 }],
  ['a watch that is shorter', { duration: '300ms' }],
] as const)('%s says nothing of a longer time', async ([, options], { importJobs }) => {
  const night = await play(importJobs, 'start, { advance: { to: 100%, over: 20s } }')
  const progress = { every: '5s', during: '10s' }
  const why = /watched for .* of the 10 s: .*as requested/
  expect(await failureOf(expect(night.watch('orders', options)).toProgress(progress))).toMatch(why)
  expect(await failureOf(expect(night.watch('orders', options)).not.toProgress(progress))).toMatch(why)
})

test('a job that was pending all the time did not progress', async ({ importJobs }) => {
  const night = await play(importJobs, '{ after: 1h, start }')
  const job = night.watch('orders')
  const progress = { every: '100ms', during: '300ms' }
  expect(await failureOf(expect(job).toProgress(progress))).toContain('it was pending all the time')
  await expect(job).not.toProgress(progress)
})

test('a job that did not move at all did not progress, however long it may stand still', async ({ importJobs }) => {
  const night = await play(importJobs, 'start, { after: 50ms, advance: 10% }')
  const job = night.watch('orders')
  await job.until('to import', ({ job: { importedRows } }) => importedRows === 100)
  const progress = { every: '400ms', during: '400ms' }
  expect(await failureOf(expect(job).toProgress(progress))).toMatch(/no progress/)
  await expect(job).not.toProgress(progress)
})

test('one that moves until the time is up passes', async ({ importJobs }) => {
  const night = await play(importJobs, 'start, { advance: { to: 100%, over: 20s, every: 50ms } }')
  await expect(night.watch('orders')).toProgress({ every: '600ms', during: '800ms' })
})

test('`every` is not longer than `during`, nor is `during` longer than `within`', async ({ importJobs }) => {
  const night = await play(importJobs, 'start')
  const job = night.watch('orders')
  for (const options of [
    { every: '2s', during: '1s' },
    { every: '1s', during: '2s', within: '1s' },
  ]) {
    await expect(expect(job).toProgress(options)).rejects.toThrow(ConfigError)
    await expect(expect(job).not.toProgress(options)).rejects.toThrow(/every|during/)
  }
})

test('of a job that ended before it was watched, only what the server says is known', async ({ importJobs }) => {
  const night = await play(importJobs, 'start, { finish: 10, set: { start_time: 20s ago, end_time: now } }')
  await night.done
  await expect(night.watch('orders')).toProgress({ every: '30s' })
  for (const verdict of [
    expect(night.watch('orders')).toProgress({ every: '10s' }),
    expect(night.watch('orders')).not.toProgress({ every: '10s' }),
  ]) {
    expect(await failureOf(verdict)).toMatch(/had ended before it was watched/)
  }
})

test('what waits for a person stands still', async ({ importJobs }) => {
  const night = await play(
    importJobs,
    'start, { after: 100ms, set: { status: awaiting-resolution } }, { after: 1s, set: { status: running } }, { after: 50ms, finish }',
  )
  expect(await failureOf(expect(night.watch('orders')).toProgress({ every: '600ms' }))).toMatch(/no progress for/)
})
