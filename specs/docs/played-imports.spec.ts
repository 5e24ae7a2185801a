import { rmSync } from 'node:fs'
import { expect, loadJobScript, type WatchedImportJob } from 'vitest-tidb'
import { test as base } from '../../fixtures/import-test.ts'

// On a server of each test's own: its jobs are nobody else's, and the run's server may not be ours to write to.
const test = base.extend('importJobs', async ({ importJobs, startTiDB }) => importJobs.on(await startTiDB()))

test.afterAll(() => {
  rmSync('import-history', { recursive: true, force: true })
})

// play {
test('an alarm goes off when an import fails', async ({ importJobs }) => {
  const night = await importJobs.play('fixtures/import-jobs/failing.yaml')
  const job = night.watch('orders')
  await expect(job).toFailImport('value out of range')
  await expect(job).not.toHaveImported({ min: 0 })
})
// }

// snapshots {
test('rows, rate and time left of each poll', async ({ importJobs }) => {
  const night = await importJobs.play('fixtures/import-jobs/nightly.yaml')
  const job = night.watch('orders', { expectedRows: 1_000_000 })
  const lines: string[] = []
  for await (const { job: now, percent, rowsPerSecond, timeLeftMs, gap } of job) {
    lines.push(gap ?? `${now.phase}: ${percent}%, ${rowsPerSecond} rows/s, ${timeLeftMs} ms left`)
  }
  expect(job.job?.status).toBe('finished')
  expect(lines.length).toBeGreaterThan(2)
})
// }

// discover {
test('every import that begins is watched, until none is active', async ({ importJobs }) => {
  await importJobs.play('fixtures/import-jobs/nightly.yaml')
  const checks: Promise<void>[] = []
  const check = async (job: WatchedImportJob) => {
    await expect.soft(job).toFinish({ within: '10s' })
  }
  for await (const job of importJobs.discover({ untilIdle: true })) checks.push(check(job))
  await Promise.all(checks)
  expect(checks.length).toBeGreaterThanOrEqual(2)
})
// }

// cancel {
test('an import can be cancelled while it runs', async ({ importJobs }) => {
  const night = await importJobs.play('fixtures/import-jobs/stalling-for-good.yaml')
  const job = night.watch('orders')
  await job.until('to run', ({ job: { status } }) => status === 'running')
  await importJobs.cancel(job)
  await expect(job).toBeCancelled()
})
// }

// pace {
test('an import is as fast as in the last nights', async ({ importJobs }) => {
  const night = await importJobs.play('fixtures/import-jobs/pace-fast.yaml')
  const job = night.watch('orders', { name: 'orders' })
  await expect(job).toKeepPace({ tolerance: 0.2, against: 'import-history' })
  // Until there are five runs in that folder, nothing is compared, and nothing fails.
  expect(job.pace).toMatchObject({
    verdict: 'unknown',
    reason: expect.stringContaining('only 0 of the 5 runs') as string,
  })
})
// }

// parties {
test('a writer goes on once the import is done', async ({ importJobs, tidbPool }) => {
  const night = await importJobs.play('fixtures/import-jobs/finishing.yaml')
  const job = night.watch('orders')
  const outcome = await tidbPool.run({
    writer: async (session, coordinator) => {
      await coordinator.waitFor(`import job ${job.id} finished`, { within: '8s' })
      await session.query('select 1')
    },
  })
  expect(outcome).toAllComplete()
  expect(tidbPool.state.importJobs.map(({ id }) => id)).toContain(job.id)
})
// }

// manual {
test('a script is played step by step', async ({ importJobs }) => {
  const script = await loadJobScript('fixtures/import-jobs/finishing.yaml')
  const night = await importJobs.play(script, { clock: 'manual' })
  const job = night.watch('orders')
  await night.step() // starts
  await job.until('to run', ({ job: { status } }) => status === 'running')
  await night.step() // imports a quarter
  const { job: now } = await job.until('to import', ({ job: { importedRows } }) => importedRows !== 0)
  expect(now.importedRows).toBe(250_000)
})
// }
