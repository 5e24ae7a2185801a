import { expect } from 'vitest-tidb'
import { clusterImportTest as base } from '../../fixtures/cluster-imports.ts'
import { generate, sequence, text } from '../../src/data/index.ts'

const test = base.extend('source', async ({ folder }) => {
  const data = generate({ seed: 7, rows: 4_000, columns: { id: sequence(), note: text({ length: 1_000 }) } })
  return folder.write('orders.csv', (await data.csv().toArray()).join(''))
})

// again {
test('the import of orders, once more', { timeout: 120_000 }, async ({ jobs, session, source }) => {
  await session.query('create table if not exists orders (id bigint primary key, note text)')
  // 4 MB at 1 MiB a second: it would take some time.
  const slow = "import into orders from ? with thread=1, max_write_speed='1MiB'"
  const stalled = await jobs.start(slow, { values: [source], cancelAtEnd: false })

  // 1. Cancel what still runs on that table: another import is refused until then.
  for (const job of await jobs.list()) {
    if (job.targetTable === '`test`.`orders`' && job.active) await jobs.cancel(job)
  }
  await expect(stalled).toBeCancelled()

  // 2. Empty the table: rows that were ingested by then are still there.
  await session.query('truncate table orders')

  // 3. Import again, to its end, and compare what is there with what was sent.
  const again = await jobs.start('import into orders from ?', { values: [source] })
  await expect(again).toFinish({ within: '100s' })
  await expect(again).toHaveImported(4_000)
  expect(await session.query('select count(*) as n from orders')).toEqual([{ n: 4_000 }])
  await session.query('admin check table orders')
})
// }

// dealt-with {
test(
  'a failure that was dealt with does not fail the next run',
  { timeout: 120_000 },
  async ({ jobs, session, folder }) => {
    await session.query('create table parts (id bigint primary key)')
    const bad = await jobs.start('import into parts from ?', { values: [folder.write('bad.csv', 'one\n')] })
    await expect(bad).toFailImport(undefined, { within: '100s' })
    const good = await jobs.start('import into parts from ?', { values: [folder.write('good.csv', '1\n')] })
    await expect(good).toFinish({ within: '100s' })

    // Of each table, only its newest job counts.
    const list = (await jobs.list()).toSorted((one, other) => Number(one.createTime) - Number(other.createTime))
    const newest = new Map(list.map((job) => [job.targetTable, job]))
    expect(list).not.toHaveNoFailedImports({ since: '24h' })
    expect(list.filter((job) => newest.get(job.targetTable) === job)).toHaveNoFailedImports({ since: '24h' })
  },
)
// }
