import { expect, ImportJobError, type ImportJobSnapshot, type WatchedImportJob } from 'vitest-tidb'
import { jobScript, ownServerTest as test } from '../../fixtures/import-test.ts'

test('a job is followed through its phases to its end', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('finishing.yaml'), { clock: 'manual' })
  const job = play.watch('orders', { expectedRows: 1_000_000 })
  const pending = await job.until('to be seen', () => true)
  expect(pending).toMatchObject({ job: { status: 'pending', active: true }, rowsPerSecond: undefined, gap: undefined })
  await play.step()
  await job.until('to run', ({ job: { status, phase } }) => status === 'running' && phase === 'importing')
  await play.step()
  const quarter = await job.until('to import a quarter', ({ job: { importedRows } }) => importedRows === 250_000)
  expect(quarter.percent).toBe(25)
  expect(quarter.job).toMatchObject({ sourceFileSize: 1_234_803_098, dataSource: 's3://bucket/orders.csv' })
  await play.step()
  const faster = await job.until('to import more', ({ rowsPerSecond = 0 }) => rowsPerSecond > 0)
  expect(faster.timeLeftMs).toBeGreaterThan(0)
  await play.step()
  await job.until('to validate', ({ job: { phase } }) => phase === 'validating')
  await play.step()
  expect(await job.ended()).toMatchObject({ status: 'finished', importedRows: 1_000_000, phase: '' })
  const record = job.record({ run: 'r', serverVersion: 'v' })
  expect(record).toMatchObject({ name: 'orders', outcome: 'finished', rows: 1_000_000, bytes: 1_234_803_098 })
  expect(record.phases.map(({ phase }) => phase)).toEqual(['pending', 'importing', 'validating'])
  expect(record.timeLine.map(({ kind }) => kind)).toEqual(['seen', 'status', 'phase', 'phase', 'ended'])
  expect(record.curve.at(-1)?.rows).toBe(1_000_000)
})

test('snapshots come as an async iterable that ends with the job', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('finishing.yaml'), { clock: 'manual' })
  const snapshots: ImportJobSnapshot[] = []
  for await (const snapshot of play.watch('orders')) {
    // One of the script's five steps behind each: the first is then of the job as it was at first.
    if (snapshots.push(snapshot) <= 5) await play.step()
  }
  expect(snapshots.at(-1)?.job).toMatchObject({ status: 'finished', importedRows: 1_000_000 })
  expect(snapshots.map(({ ms }) => ms)).toEqual(snapshots.map(({ ms }) => ms).toSorted((a, b) => a - b))
  expect(new Set(snapshots.map(({ job }) => job.status))).toEqual(new Set(['pending', 'running', 'finished']))
  await play.done
})

test('a loop that is left early leaves the job alone', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('finishing.yaml'))
  const job = play.watch('orders')
  for await (const snapshot of job) if (snapshot.job.status === 'running') break
  await expect(job).toFinish()
})

test('a thousand watchers of a job cost the statements of one', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('stalling-for-good.yaml'), { clock: 'manual' })
  const { monitor } = ownJobs
  const first = play.watch('orders')
  const watchers = [first, ...Array.from({ length: 999 }, () => play.watch('orders'))]
  await Promise.all(watchers.map((job) => job.until('to be seen', () => true)))
  const before = monitor.statements
  let polls = 0
  for await (const _ of first) if (++polls === 20) break
  expect(monitor.statements - before).toBeLessThanOrEqual(polls + 2)
  expect(monitor.statements - before).toBeGreaterThanOrEqual(polls - 2)
})

test('several jobs at once, with those that appear while they are discovered', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('several.yaml'))
  const found: WatchedImportJob[] = []
  for await (const job of ownJobs.discover({ duration: '20s' })) {
    found.push(job)
    if (found.length === 4) break
  }
  await play.done
  const ended = found.filter(({ name }) => name !== '`test`.`returns`')
  await Promise.all(ended.map((job) => job.ended()))
  expect(Object.fromEntries(found.map(({ name, job }) => [name, job?.status]))).toEqual({
    '`test`.`orders`': 'finished',
    '`test`.`invoices`': 'failed',
    '`test`.`customers`': 'finished',
    '`test`.`returns`': 'pending',
  })
})

test('discovery ends by itself once nothing is active', async ({ ownJobs }) => {
  await ownJobs.play(jobScript('nightly.yaml'), { speed: 4 })
  const names: string[] = []
  for await (const job of ownJobs.discover({ untilIdle: true })) {
    names.push(job.name)
    job.ended({ within: '5s' }).catch(() => undefined)
  }
  expect(names.toSorted()).toEqual(['`test`.`customers`', '`test`.`orders`'])
})

test('the list of all jobs is asked for only while somebody discovers', async ({ ownJobs, tidbPool, startTiDB }) => {
  const server = await startTiDB()
  const jobs = ownJobs.on(server)
  const admin = tidbPool.session('admin', server.settings)
  await admin.query('set global tidb_enable_stmt_summary = 1')
  const play = await jobs.play(jobScript('stalling-for-good.yaml'), { clock: 'manual' })
  let polls = 0
  for await (const _ of play.watch('orders')) if (++polls === 10) break
  const asked = async () => {
    const [row] = await admin.query<{ n: string }>(
      `select coalesce(sum(exec_count), 0) as n from information_schema.statements_summary
        where digest_text = 'show import jobs'`,
    )
    return Number(row?.n)
  }
  const before = await asked()
  expect(before).toBeLessThanOrEqual(1)
  for await (const _ of jobs.discover({ duration: 300 }));
  expect(await asked()).toBeGreaterThan(before)
})

test('a duration of 0 polls once', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('stalling-for-good.yaml'), { clock: 'manual' })
  const snapshots: ImportJobSnapshot[] = []
  for await (const snapshot of play.watch('orders', { duration: 0 })) snapshots.push(snapshot)
  expect(snapshots).toHaveLength(1)
})

test('a duration of a day ends with the job, at once', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('finishing-short.json'))
  const job = play.watch('orders', { duration: '1d' })
  await job.ended()
  expect(job.over).toBe(true)
})

test('a wait for a watch that ends first says so', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('stalling-for-good.yaml'), { clock: 'manual' })
  const job = play.watch('orders', { duration: 50 })
  await expect(job.ended()).rejects.toThrow(
    /to end: import job \d+ into `test`.`orders`: .*; it was watched for 50 ms, as requested/,
  )
})

test('an abort is noticed at once, however long the interval', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('stalling-for-good.yaml'), { clock: 'manual' })
  const abort = new AbortController()
  const job = play.watch('orders', { signal: abort.signal })
  await job.until('to be seen', () => true)
  const ended = job.ended({ within: '1d' })
  const waiting = play.watch('orders').ended({ within: '1d', signal: abort.signal })
  abort.abort(new Error('enough'))
  await expect(ended).rejects.toThrow('enough')
  await expect(waiting).rejects.toThrow('enough')
})

test('a wait past its deadline says how the job stands, and since when nothing moved', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('stalling-for-good.yaml'))
  const job = play.watch('orders')
  await job.until('to run', ({ job: { status } }) => status === 'running')
  await expect(job.ended({ within: 100 })).rejects.toThrow(
    /waited 100 ms for import job \d+ to end: import job \d+ into `test`.`orders`: running .*; no progress for the last [\d.]+ m?s/,
  )
})

test('a deadline that is none is refused at once', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('finishing.yaml'), { speed: 10 })
  const job = play.watch('orders')
  await expect(job.until('to fail', ({ job: { status } }) => status === 'failed', { within: 'soon' })).rejects.toThrow(
    'within is "soon", which is not a duration',
  )
  await expect(job).toFinish()
})

test.for(['abc', '1.5', '-7', '', '7; drop table t'])('%j is no number of a job', async (id, { ownJobs }) => {
  expect(() => ownJobs.watch(id)).toThrow(ImportJobError)
  await expect(ownJobs.cancel(id)).rejects.toThrow(ImportJobError)
})

test('a job that there never was is an error, not a job that vanished', async ({ ownJobs }) => {
  const watched = ownJobs.watch(999)
  const error: unknown = await watched.ended().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ImportJobError)
  expect(error).toMatchObject({
    errno: 8170,
    jobId: '999',
    message: expect.stringContaining('there is no import job 999') as string,
  })
  await expect(ownJobs.cancel(999)).rejects.toMatchObject({ errno: 8170 })
})

test('what is seen goes into the shared state, and an end is a signal', async ({ ownJobs, tidbPool }) => {
  const play = await ownJobs.play(jobScript('finishing.yaml'), { clock: 'manual' })
  const job = play.watch('orders')
  // Each step is played once the one before it was seen, so that none is missed between two polls.
  const wanted = ['pending', 'importing', '250000', '750000', 'validating']
  for (const what of wanted) {
    await job.until(what, ({ job: { status, phase, importedRows } }) =>
      [status, phase, String(importedRows)].includes(what),
    )
    await play.step()
  }
  await tidbPool.coordinator.waitFor(`import job ${job.id} finished`, { within: '8s' })
  const { state } = tidbPool
  expect(state.importJobs.find(({ id }) => id === job.id)).toMatchObject({ status: 'finished' })
  expect(state.seenBy(job.id)).toEqual(['importJobs'])
  expect(state.events.filter(({ kind }) => kind === 'saw').map(({ detail }) => detail)).toEqual([
    'pending',
    'running (importing)',
    'running (validating)',
    'finished',
  ])
})

test('importJobs dials again after its connection was lost, and nobody has noticed it yet', async ({
  importJobs,
  tidb,
  database,
}) => {
  await importJobs.list()
  const ours = 'select id from information_schema.processlist where db = ? and id <> connection_id()'
  for (const { id } of await tidb.query<{ id: number }>(ours, [database])) await tidb.query(`kill tidb ${id}`)
  // The server has cut it by then, and this process has not read that: the connection still looks open.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
  expect(await importJobs.list()).toBeDefined()
})
