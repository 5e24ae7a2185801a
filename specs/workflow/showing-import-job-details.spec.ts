import { vi } from 'vitest'
import { expect, test } from 'vitest-tidb'
import { addImportJob, endImportJob, removeImportJobs } from '../../fixtures/import-jobs.ts'

test('with no active job, the watch ends before it begins', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const session = tidbPool.session('patient', { ...server.settings, importMonitorSeconds: 3600 })
  expect(await session.showingImportJobDetails()).toMatchObject({ jobs: [], polls: 0, allEnded: true })
})

test('jobs are watched until the last one ends, and no longer', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const [admin, watcher] = [
    tidbPool.session('admin', server.settings),
    tidbPool.session('watcher', { ...server.settings, importMonitorSeconds: 3600 }),
  ]
  const id = await addImportJob(admin, { database: 'test', table: 'orders', status: 'pending' })
  const details = watcher.showingImportJobDetails()
  await vi.waitUntil(() => watcher.statements.some(({ sql }) => /^show import job \d/.test(sql)), {
    timeout: 5_000,
  })
  await endImportJob(admin, id, 'finished')
  expect(await details).toMatchObject({ allEnded: true, jobs: [expect.objectContaining({ id, status: 'finished' })] })
})

test('a job that goes on is watched for the configured seconds', async ({ tidb, tidbPool, database, requires }) => {
  await requires({ ours: true, because: 'writes into the job tables' })
  const id = await addImportJob(tidb, { database, table: 'orders', status: 'pending' })
  const watcher = tidbPool.session('watcher', { importMonitorSeconds: 1 })
  const { jobs, allEnded, watchedMs } = await watcher.showingImportJobDetails()
  expect(allEnded).toBe(false)
  expect(watchedMs).toBeGreaterThanOrEqual(1_000)
  expect(jobs.find((job) => job.id === id)).toMatchObject({ status: 'pending' })
  await removeImportJobs(tidb, database)
})

test('a job that the server forgets while it is watched is said to have vanished', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const admin = tidbPool.session('admin', server.settings)
  const watcher = tidbPool.session('watcher', { ...server.settings, importMonitorSeconds: 3600 })
  const id = await addImportJob(admin, { database: 'test', table: 'orders', status: 'pending' })
  await watcher.checkingImportJobs()
  await removeImportJobs(admin, 'test')
  const { jobs } = await watcher.showingImportJobDetails()
  expect(jobs).toEqual([expect.objectContaining({ id, status: 'vanished' })])
})

test('a watch is given up at once when it is aborted', async ({ tidb, tidbPool, database, requires }) => {
  await requires({ ours: true, because: 'writes into the job tables' })
  await addImportJob(tidb, { database, table: 'orders', status: 'pending' })
  const watcher = tidbPool.session('watcher', { importMonitorSeconds: 3600 })
  await watcher.checkingImportJobs()
  const controller = new AbortController()
  const details = watcher.showingImportJobDetails({ signal: controller.signal })
  const refused = expect(details).rejects.toThrow('gave up ShowingImportJobDetails: enough')
  controller.abort(new Error('enough'))
  await refused
  expect(watcher.history.at(-1)).toMatchObject({ state: 'ShowingImportJobDetails', outcome: 'aborted' })
  await removeImportJobs(tidb, database)
})
