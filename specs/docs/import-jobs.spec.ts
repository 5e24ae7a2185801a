import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, inject } from 'vitest'
import { expect, test } from 'vitest-tidb'

// Its files are nowhere: it is an example for a TiDB that has them.
describe.skipIf(inject('tidb').ours)('on a TiDB that was not made for this run', () => {
  // nightly-import {
  test('the nightly import', { tags: ['nightly'] }, async ({ importJobs, tidb, requires }) => {
    await requires({ ingest: true }) // skipped, with the reason, on a server without TiKV
    await tidb.query('create table orders (id bigint primary key, total decimal(10, 2))')
    const job = await importJobs.start("IMPORT INTO orders FROM 's3://bucket/orders.*.csv' WITH thread=8", {
      name: 'orders',
    })
    await expect(job).toFinish({ within: '30m' })
    await expect(job).toHaveImported({ min: 1_000_000 })
    await expect(job).toKeepPace({ tolerance: 0.2 })
  })
  // }
})

// watch {
const nightly = { tags: ['nightly'] }

test('the imports that run now finish, and move', nightly, async ({ importJobs, requires }) => {
  await requires({ ours: false, because: 'nothing is imported on a server that was made for this run' })
  const list = await importJobs.list()
  expect(list).toHaveNoFailedImports({ since: '24h' })
  await expect(list).toHaveNoStalledImports({ idle: '1m' })
  for (const { id, active } of list) {
    if (active) await expect(importJobs.watch(id)).toProgress({ every: '1m', during: '10m' })
  }
})
// }

// real-import {
test('an import on a cluster', { timeout: 120_000 }, async ({ cluster, importJobs, tidbPool }) => {
  const [node] = cluster.nodes
  const session = tidbPool.session('session', { node })
  await session.query('create table orders (id bigint primary key, total decimal(10, 2))')
  const folder = mkdtempSync(join(tmpdir(), 'orders-'))
  writeFileSync(join(folder, 'orders.csv'), '1,9.99\n2,19.99\n')
  const job = await importJobs.on(node).start('import into orders from ?', { values: [join(folder, 'orders.csv')] })
  await expect(job).toHaveImported(2, { within: '1m' })
  expect(await session.query('select sum(total) as total from orders')).toEqual([{ total: '29.98' }])
  rmSync(folder, { recursive: true })
})
// }
