import { expect, test } from 'vitest-tidb'

test('READ COMMITTED is taken without a warning by an optimistic transaction, which then keeps its snapshot', async ({
  tidb,
  tidbPool,
}) => {
  await tidb.query('create table test (id int primary key, value int)')
  await tidb.query('insert into test values (1, 10)')
  const reader = tidbPool.session('reader')
  expect((await reader.query('set session transaction isolation level read committed')).warningCount).toBe(0)
  expect((await reader.query('begin optimistic')).warningCount).toBe(0)
  await tidb.query('update test set value = 11')
  expect(await reader.query('select value from test')).toEqual([{ value: 10 }])
  await reader.query('commit')
  await reader.query('begin pessimistic')
  await tidb.query('update test set value = 12')
  expect(await reader.query('select value from test')).toEqual([{ value: 12 }])
  await reader.query('commit')
})

test.for(['READ UNCOMMITTED', 'SERIALIZABLE'])('%s is refused', async (level, { tidb }) => {
  await expect(tidb.query(`set session transaction isolation level ${level}`)).toFailWith(8048)
})

test('a read of the past is refused inside a transaction', async ({ tidb }) => {
  await tidb.query('create table test (id int primary key, value int)')
  await tidb.query('begin')
  await expect(tidb.query('select * from test as of timestamp now(6) - interval 1 second')).toFailWith(8135)
  await tidb.query('rollback')
})

// TiDB's own doing, whatever the storage: it keeps what the first statement found, though it locked nothing.
test('under READ COMMITTED, a row that was not there to be locked by its key is never found by a list of keys', async ({
  tidb,
  tidbPool,
}) => {
  await tidb.query('create table test (id int primary key, value int)')
  const reader = tidbPool.session('reader')
  await reader.query('set session transaction isolation level read committed')
  await reader.query('begin')
  expect(await reader.query('select id from test where id = 5 for update')).toEqual([])
  await tidb.query('insert into test values (5, 50)')
  expect(await reader.query('select id from test where id in (5, 6) for update')).toEqual([])
  expect(await reader.query('select id from test where id = 5 for update')).toEqual([{ id: 5 }])
  expect(await reader.query('select id from test where id in (5, 6)')).toEqual([{ id: 5 }])
  await reader.query('commit')
})
