import { expect, test as base } from 'vitest-tidb'

// What a tidb-server on unistore can't show, whoever built it: docs/local-server.md.

const test = base.extend('local', { auto: true }, async ({ requires }) => {
  await requires({ storage: 'unistore', because: 'shows what it lacks' })
})

test.for([
  'select * from information_schema.tikv_store_status',
  'select * from information_schema.tikv_region_status',
  'show placement labels',
])('without a PD, this is refused: %s', async (sql, { tidb }) => {
  await expect(tidb.send(sql)).toFailWith(1105)
})

test('the storage has a name in cluster_info, but no version, address or setting', async ({ tidb }) => {
  const storage = await tidb.query(
    `select version, status_address from information_schema.cluster_info where type = 'tikv'`,
  )
  expect(storage).toEqual([{ version: '', status_address: '' }])
  expect(await tidb.query(`show config where type = 'tikv'`)).toEqual([])
})

test('a dropped table does not come back, and tidb_snapshot is refused: nothing collects garbage, so nothing notes how far back one may go', async ({
  tidb,
}) => {
  await tidb.query('create table dropped (id int)')
  await tidb.query('drop table dropped')
  await expect(tidb.send('flashback table dropped')).toFailWith(1105)
  await expect(tidb.send('recover table dropped')).toFailWith(1105)
  await expect(tidb.send('set tidb_snapshot = now() - interval 1 second')).toFailWith(1105)
})

test('BACKUP is refused', async ({ tidb, database }) => {
  await expect(tidb.send(`backup database \`${database}\` to 'local:///nowhere'`)).toFailWith(1105)
})

test('ADMIN CHECKSUM TABLE says 1 of an index or a table, whatever is in it', async ({ tidb }) => {
  await tidb.query('create table item (id int primary key, value int)')
  const checksum = async () => tidb.query('admin checksum table item')
  const nothing = { Checksum_crc64_xor: '1', Total_kvs: '1', Total_bytes: '1' }
  const [empty] = await checksum()
  await tidb.query('insert into item values (1, 1), (2, 2)')
  const [full] = await checksum()
  expect([empty, full].map((row) => withText(row))).toEqual(
    [nothing, nothing].map((row) => expect.objectContaining(row)),
  )
})

test('ADD INDEX goes through transactions, though tidb_ddl_enable_fast_reorg is on', async ({ tidb, database }) => {
  await tidb.query('create table item (id int primary key, value int)')
  await tidb.query('insert into item values (1, 1)')
  await tidb.query('alter table item add index (value)')
  expect(await tidb.query('select @@global.tidb_ddl_enable_fast_reorg as fast')).toEqual([{ fast: 1 }])
  const jobs = await tidb.query<{ COMMENTS: string }>(`admin show ddl jobs 20 where db_name = '${database}'`)
  expect(jobs.filter(({ COMMENTS }) => COMMENTS !== '')).toEqual([
    expect.objectContaining({ COMMENTS: expect.stringContaining('txn-merge') as unknown }),
  ])
})

test('commits are of two phases: a cluster that is bootstrapped has 1PC and async commit on', async ({ tidb }) => {
  const [variables] = await tidb.query(
    'select @@global.tidb_enable_1pc as one_pc, @@global.tidb_enable_async_commit as async',
  )
  expect(variables).toEqual({ one_pc: 0, async: 0 })
})

/** Numbers beyond 2^53 come as text: all as text here. */
function withText(row: object | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, String(value)]))
}
