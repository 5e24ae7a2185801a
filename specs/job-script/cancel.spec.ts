import { expect, parseJobScript, playJobScript, test } from 'vitest-tidb'
import { show } from './show.ts'

// The real CANCEL IMPORT JOB on jobs of a script: the server itself carries it out, in a second or a few.

const script = parseJobScript(`
jobs:
  - name: orders
    rows: 1000
    steps:
      - start
      - advance: 10%
      - advance: 20%
      - finish
`)

test('a running job that is cancelled stays cancelled', async ({ tidb, tidbServer, database, requires }) => {
  await requires({ ours: true, because: 'writes into the job tables' })
  await using play = await playJobScript(script, { querier: tidb, database, ours: tidbServer.ours, clock: 'manual' })
  const orders = play.jobs.get('orders')
  await play.step()
  await play.step()
  expect(await show(tidb, orders?.id)).toMatchObject({ status: 'running', rows: 100 })
  await tidb.query('cancel import job ?', [Number(orders?.id)])
  const cancelled = { status: 'cancelled', message: 'cancelled by user', rows: null }
  expect(await show(tidb, orders?.id)).toMatchObject(cancelled)
  await play.step()
  expect(await show(tidb, orders?.id)).toMatchObject(cancelled)
  expect(orders?.end).toBe('cancelled')
  await play.done
  await expect(play.step('orders')).rejects.toThrow('job "orders" has no step left: cancelled')
})

test('a pending job is cancelled as well', async ({ tidb, tidbServer, database, requires }) => {
  await requires({ ours: true, because: 'writes into the job tables' })
  await using play = await playJobScript(script, { querier: tidb, database, ours: tidbServer.ours, clock: 'manual' })
  const orders = play.jobs.get('orders')
  await tidb.query('cancel import job ?', [Number(orders?.id)])
  expect(await show(tidb, orders?.id)).toMatchObject({ status: 'cancelled', started: false })
  await play.step()
  expect(await show(tidb, orders?.id)).toMatchObject({ status: 'cancelled', started: false })
})

test('a script does not finish a job while the server cancels it', async ({
  tidb,
  tidbPool,
  tidbServer,
  database,
  requires,
}) => {
  await requires({ ours: true, because: 'writes into the job tables' })
  const canceller = tidbPool.session('canceller')
  await using play = await playJobScript(script, { querier: tidb, database, ours: tidbServer.ours, clock: 'manual' })
  const orders = play.jobs.get('orders')
  await play.step()
  const cancel = canceller.send('cancel import job ?', [Number(orders?.id)])
  await expect
    .poll(() => tidb.query('select state from mysql.tidb_global_task where task_key = ?', [`ImportInto/${orders?.id}`]))
    .not.toEqual([{ state: 'running' }])
  for (const _ of ['advance', 'advance', 'finish']) if (orders?.end === undefined) await play.step()
  await cancel
  expect(await show(tidb, orders?.id)).toMatchObject({ status: 'cancelled' })
  expect(orders?.end).toBe('cancelled')
})

test('a job that somebody removes or changes is left to them', async ({ tidb, tidbServer, database, requires }) => {
  await requires({ ours: true, because: 'writes into the job tables' })
  const three = parseJobScript(`
jobs:
  - { name: orders, steps: [start, finish] }
  - { name: invoices, steps: [start, finish] }
  - { name: customers, steps: [start, vanish] }
`)
  await using play = await playJobScript(three, { querier: tidb, database, ours: tidbServer.ours, clock: 'manual' })
  const [orders, invoices, customers] = [...play.jobs.values()]
  await play.step('orders', 'invoices', 'customers')
  await tidb.query('delete from mysql.tidb_import_jobs where id = ?', [Number(orders?.id)])
  for (const job of [invoices, customers]) {
    await tidb.query(`update mysql.tidb_import_jobs set status = 'failed' where id = ?`, [Number(job?.id)])
  }
  for (const name of ['orders', 'invoices', 'customers']) await play.step(name)
  await play.done
  expect([orders?.end, invoices?.end, customers?.end]).toEqual(['removed', 'changed', 'changed'])
  await expect(show(tidb, orders?.id)).toFailWith(8170)
  expect(await show(tidb, invoices?.id)).toMatchObject({ status: 'failed' })
  expect(await show(tidb, customers?.id)).toMatchObject({ status: 'failed' })
})
