import { expect, loadJobScript, type Play, playJobScript, test as base } from 'vitest-tidb'
import { show } from './show.ts'

// Each script of fixtures/import-jobs, step by step, as the real SHOW IMPORT JOB shows it.

const test = base.extend('playScript', async ({ tidb, tidbServer, database, requires }, { onCleanup }) => {
  await requires({ ours: true, because: 'writes into the job tables' })
  const plays: Play[] = []
  onCleanup(async () => {
    for (const play of plays) await play.stop()
  })
  return async (name: string) => {
    const script = await loadJobScript(new URL(`../../fixtures/import-jobs/${name}`, import.meta.url))
    const play = await playJobScript(script, { querier: tidb, database, ours: tidbServer.ours, clock: 'manual' })
    plays.push(play)
    return play
  }
})

const PENDING = { status: 'pending', phase: '', rows: null, message: '', started: false, ended: false }
const RUNNING = { ...PENDING, status: 'running', phase: 'importing', started: true }

test('finishing', async ({ tidb, database, playScript }) => {
  const play = await playScript('finishing.yaml')
  const id = play.jobs.get('orders')?.id
  const [row] = await tidb.query('show import job ?', [Number(id)])
  expect(row).toMatchObject({
    Data_Source: 's3://bucket/orders.csv',
    Target_Table: `\`${database}\`.\`orders\``,
    Source_File_Size: '1.15GiB',
  })
  expect(await show(tidb, id)).toEqual(PENDING)
  await play.step()
  expect(await show(tidb, id)).toEqual({ ...RUNNING, rows: 0 })
  await play.step()
  expect(await show(tidb, id)).toEqual({ ...RUNNING, rows: 250_000 })
  await play.step()
  expect(await show(tidb, id)).toEqual({ ...RUNNING, rows: 750_000 })
  await play.step()
  expect(await show(tidb, id)).toEqual({ ...RUNNING, phase: 'validating', rows: 1_000_000 })
  await play.step()
  expect(await show(tidb, id)).toEqual({ ...RUNNING, status: 'finished', phase: '', rows: 1_000_000, ended: true })
  await play.done
  expect(play.jobs.get('orders')).toMatchObject({ name: 'orders', end: 'played' })
  await expect(play.step()).rejects.toThrow('has no step left to play')
})

test('finishing with fewer rows than the source has', async ({ tidb, tidbServer, playScript }) => {
  const play = await playScript('finishing-short.json')
  const id = play.jobs.get('orders')?.id
  await play.step()
  expect(await show(tidb, id)).toEqual({ ...RUNNING, phase: 'global-sorting', rows: 0 })
  await play.step('orders')
  await play.step('orders')
  expect(await show(tidb, id)).toMatchObject({ phase: 'resolving-conflicts', rows: 500_000 })
  await play.step('orders')
  // Conflicts are told from v8.5.6 on.
  const message = tidbServer.release === 'v8.5.4' ? '' : '1000 conflicted rows.'
  expect(await show(tidb, id)).toMatchObject({ status: 'finished', rows: 999_000, message })
})

test('failing, with a message that looks like markup', async ({ tidb, playScript }) => {
  const play = await playScript('failing.yaml')
  const id = play.jobs.get('orders')?.id
  for (const _ of [1, 2, 3]) await play.step()
  const failed = await show(tidb, id)
  expect(failed).toMatchObject({ status: 'failed', phase: 'importing', rows: null, ended: true })
  expect(failed.message).toContain(`<script>alert('orders')</script> & "line 500001": value out of range\n\tcolumn`)
  expect(failed.message).toContain('🚨')
})

test('stalling, for a while and for good', async ({ tidb, playScript }) => {
  const play = await playScript('stalling.yaml')
  const id = play.jobs.get('orders')?.id
  await play.step()
  await play.step()
  expect(await show(tidb, id)).toMatchObject({ status: 'running', rows: 300_000 })
  await play.step()
  expect(await show(tidb, id)).toMatchObject({ status: 'running', rows: 300_000 })
  await play.step()
  expect(await show(tidb, id)).toMatchObject({ rows: 800_000 })
  await play.step()
  expect(await show(tidb, id)).toMatchObject({ status: 'finished', rows: 1_000_000 })

  const forGood = await playScript('stalling-for-good.yaml')
  await forGood.step()
  await forGood.step()
  await forGood.done
  expect(await show(tidb, forGood.jobs.get('orders')?.id)).toMatchObject({ status: 'running', rows: 300_000 })
})

test('cancelled, and cancelled while pending', async ({ tidb, playScript }) => {
  const play = await playScript('cancelled.yaml')
  for (const _ of [1, 2, 3]) await play.step()
  const cancelled = { status: 'cancelled', rows: null, message: 'cancelled by user', ended: false }
  expect(await show(tidb, play.jobs.get('orders')?.id)).toMatchObject({ ...cancelled, started: true })

  const pending = await playScript('cancelled-while-pending.yaml')
  await pending.step()
  expect(await show(tidb, pending.jobs.get('orders')?.id)).toMatchObject({ ...cancelled, started: false })
})

test('vanishing, while it runs and while it is pending', async ({ tidb, playScript }) => {
  const play = await playScript('vanishing.yaml')
  const [orders, invoices] = [play.jobs.get('orders'), play.jobs.get('invoices')]
  await play.step('invoices')
  await expect(show(tidb, invoices?.id)).toFailWith(8170)
  await play.step('orders')
  await play.step('orders')
  expect(await show(tidb, orders?.id)).toMatchObject({ status: 'running', rows: 300_000 })
  await play.step('orders')
  await expect(show(tidb, orders?.id)).toFailWith(8170)
  await play.done
  expect(orders?.end).toBe('played')
})

test('several at once, of which two end at the same instant', async ({ tidb, playScript }) => {
  const play = await playScript('several.yaml')
  expect([...play.jobs.keys()]).toEqual(['orders', 'invoices', 'returns'])
  await play.step('orders', 'invoices')
  await play.step('orders')
  await play.step('customers')
  expect([...play.jobs.keys()]).toContain('customers')
  expect(await show(tidb, play.jobs.get('orders')?.id)).toMatchObject({ rows: 500_000 })
  await play.step('orders', 'invoices')
  const ids = [Number(play.jobs.get('orders')?.id), Number(play.jobs.get('invoices')?.id)]
  const ends = await tidb.query<{ end_time: Date; status: string }>(
    'select status, end_time from mysql.tidb_import_jobs where id in (?) order by id',
    [ids],
    { dateStrings: true },
  )
  expect(ends.map(({ status }) => status)).toEqual(['finished', 'failed'])
  expect(ends[0]?.end_time).toEqual(ends[1]?.end_time)
  expect(await show(tidb, play.jobs.get('returns')?.id)).toEqual(PENDING)
  const [customers] = await tidb.query('show import job ?', [Number(play.jobs.get('customers')?.id)])
  expect(customers?.Created_By).toBe('nightly@10.0.0.7')
  await expect(play.step('returns')).rejects.toThrow('job "returns" has no step left')
})

test('losing its task and finding it again', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const session = tidbPool.session('admin', { ...server.settings, database: 'test' })
  const script = await loadJobScript(new URL('../../fixtures/import-jobs/losing-its-task.yaml', import.meta.url))
  await using play = await playJobScript(script, { querier: session, database: 'test', ours: true, clock: 'manual' })
  const id = play.jobs.get('orders')?.id
  await play.step()
  await play.step()
  expect(await session.query('show import jobs')).toMatchObject([{ Imported_Rows: 300_000 }])
  await play.step()
  await expect(session.query('show import jobs')).toFailWith(1105)
  await expect(show(session, id)).toFailWith(1105)
  await play.step()
  expect(await session.query('show import jobs')).toMatchObject([{ Status: 'running', Imported_Rows: 300_000 }])
  await play.step()
  expect(await show(session, id)).toMatchObject({ status: 'finished', rows: 1_000_000 })
})

test('ten thousand of long ago', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const session = tidbPool.session('admin', { ...server.settings, database: 'test' })
  const script = await loadJobScript(new URL('../../fixtures/import-jobs/ten-thousand-old.yaml', import.meta.url))
  const play = await playJobScript(script, { querier: session, database: 'test', ours: true })
  await play.done
  const rows = await session.query<Record<string, unknown>>('show import jobs')
  expect(rows).toHaveLength(10_000)
  expect(new Set(rows.map(({ Status }) => Status))).toEqual(new Set(['finished']))
  expect(rows[0]).toMatchObject({ Imported_Rows: 5_000, Job_ID: Number(play.jobs.get('old#1')?.id) })
  const [ages] = await session.query(
    `select timestampdiff(day, min(create_time), now()) as oldest, max(end_time) < now() as allover,
      min(timestampdiff(second, start_time, end_time)) as shortest from mysql.tidb_import_jobs`,
  )
  expect(ages).toEqual({ oldest: 30, allover: 1, shortest: 90 })
  await play.stop()
  expect(await session.query('show import jobs')).toEqual([])
})

test('in time: a night that plays by itself', async ({ tidb, tidbServer, database, requires }) => {
  await requires({ ours: true, because: 'writes into the job tables' })
  const script = await loadJobScript(new URL('../../fixtures/import-jobs/nightly.yaml', import.meta.url))
  await using play = await playJobScript(script, { querier: tidb, database, ours: tidbServer.ours, speed: 4 })
  const id = play.jobs.get('orders')?.id
  await expect.poll(() => show(tidb, id)).toMatchObject({ status: 'running' })
  await play.done
  expect(await show(tidb, id)).toMatchObject({ status: 'finished', rows: 1_000_000 })
  expect(await show(tidb, play.jobs.get('customers')?.id)).toMatchObject({ status: 'finished', rows: 50_000 })
})
