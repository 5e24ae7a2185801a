import { describe } from 'vitest'
import { expect, test as base } from 'vitest-tidb'
import { failureOf } from '../../fixtures/failure-of.ts'
import { startMariaDB } from '../../fixtures/mariadb.ts'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { serverEnv } from '../../fixtures/server-env.ts'

const test = base
  // oxlint-disable-next-line no-empty-pattern -- vitest demands one
  .extend('mariadb', { scope: 'file' }, async ({}, { onCleanup }) => {
    const server = await startMariaDB()
    if (typeof server !== 'string') onCleanup(() => server[Symbol.asyncDispose]())
    return server
  })
  .extend('other', async ({ mariadb, tidbPool, database, skip }) => {
    if (typeof mariadb === 'string') return skip(mariadb)
    const other = tidbPool.session('other', { ...mariadb.settings, database: undefined })
    await other.query(`create or replace database ${database}`)
    await other.query(`use ${database}`)
    return other
  })

describe('TiDB beside MariaDB', () => {
  test('what both answer alike agrees, byte by byte', async ({ tidb, other }) => {
    await expect(tidb).toAgreeWith(other, [
      'create table t (id int primary key, name varchar(20), price decimal(10,2), at datetime, raw varbinary(4))',
      "insert into t values (2, 'two', 1.5, '2026-01-02 03:04:05', x'00ff'), (1, null, null, null, null)",
      // In whatever order the rows come.
      'select * from t',
      'select * from t order by id desc',
      'update t set price = price + 1 where id = 2',
      // Both refuse these, in words of their own.
      'select * from missing',
      "insert into t values (1, 'again', 0, null, null)",
    ])
  })

  test('a result, an error number, and only one that fails are three kinds of difference', async ({ tidb, other }) => {
    const said = (sql: string | string[]) => {
      const shown = expect(tidb)
        .toAgreeWith(other, sql)
        .catch((error: { message: string; actual: string; expected: string }) => {
          throw new Error(`${error.message}\n${error.actual}\nnot ${error.expected}`)
        })
      return failureOf(shown)
    }
    expect(await said('select 1.0 + 0e0 as n, version() as v')).toMatch(
      /tidb at \S+ to agree with other at \S+, but the results differ: select 1\.0[^]*TiDB-v[^]*\nnot [^]*MariaDB/,
    )
    await tidb.query('create table changed (id int)')
    await other.query('create table changed (id int)')
    await tidb.query('insert into changed values (1)')
    expect(await said('delete from changed')).toMatch(/rows changed: 1\nnot rows changed: 0/)
    expect(await said('select * from information_schema.nothing')).toContain('both refuse it, with different errors')
    expect(await said('select tidb_version() is not null')).toMatch(
      /only one of them refuses it[^]*\n1\nnot error 1305: /,
    )
    // A text that reads NULL is not NULL, and a byte that nobody sees is a byte.
    await tidb.query("create view shown as select 'NULL' as a, 'x' as b")
    await other.query("create view shown as select null as a, 'x\\0' as b")
    expect(await said('select a from shown')).toMatch(/a\n'NULL'\nnot a\nNULL/)
    expect(await said('select b from shown')).toMatch(/b\nx\nnot b\nx\ufffd/)
    // Where the first of several differs, the others are not sent.
    expect(await said(['select version()', 'create table not_made (id int)'])).toContain('select version()')
    await expect(tidb.query('select * from not_made')).rejects.toMatchObject({ errno: 1146 })
  })

  test('order counts if the statement asks for it, or the test', async ({ tidb, other }) => {
    await tidb.query('create table t (id int primary key, at int)')
    await other.query('create table t (id int primary key, at int)')
    await tidb.query('insert into t values (1, 1), (2, 2)')
    await other.query('insert into t values (1, 2), (2, 1)')
    await expect(tidb).toAgreeWith(other, 'select at from t')
    await expect(tidb).toAgreeWith(other, 'select * from (select at from t order by id limit 2) as inner_one')
    await expect(tidb).not.toAgreeWith(other, 'select at from t order by id')
    await expect(tidb).toAgreeWith(other, 'select at from t order by id', { ordered: false })
    await expect(tidb).not.toAgreeWith(other, 'select at from t', { ordered: true })
  })

  test('a lost connection, a deadline and a plan of another server are no answer, under not as well', async ({
    tidb,
    other,
  }) => {
    const said = (sql: string, options = {}) => failureOf(expect(tidb).not.toAgreeWith(other, sql, options))
    await tidb.query('create table t (id int primary key)')
    await other.query('create table t (id int primary key)')
    await expect(tidb).not.toAgreeWith(other, 'describe t')
    expect(await said('explain select * from t')).toMatch(/MariaDB\S*: EXPLAIN is compared only between TiDBs/)
    expect(await said('select sleep(20)', { within: '200ms' })).toMatch(/gave no answer: [^]*waited 200 ms/)
    expect(await said('kill connection_id()')).toMatch(/gave no answer: /)
  })
})

base(
  'one release beside another: plans agree without costs and numbers',
  async ({ tidb, tidbPool, tidbServer, startTiDB }) => {
    const server = await startTiDB({ version: tidbServer.release === 'v8.5.4' ? 'v8.5.6' : 'v8.5.4' })
    const other = tidbPool.session('other', { ...server.settings, database: 'test' })
    const schema = ['create table t (id int primary key, a int, key (a))', 'insert into t values (1, 1), (2, 2)']
    await expect(tidb).toAgreeWith(other, schema)
    const plan = 'explain select count(*) from t where a > 1 group by id'
    await tidb.query('analyze table t')
    const [ours, theirs] = await Promise.all([tidb.query(plan), other.query(plan)])
    expect(ours).not.toEqual(theirs)
    await expect(tidb).toAgreeWith(other, [plan, plan.replace('explain', 'explain analyze')])
    await other.query('alter table t drop index a')
    await expect(tidb).not.toAgreeWith(other, plan)
    await expect(tidb).not.toAgreeWith(other, 'select version()')
  },
)

base('the fixture baseline is a session of the server that is configured, in a database of the test', async () => {
  const env = serverEnv()
  const none = await runVitest('side-by-side', { env })
  expect(none.output).toMatch(
    /takes the fixture `baseline`, and this run has no server to compare with\n\s+try: set TIDB_BASELINE/,
  )
  expect(none.status).toBe(1)
  const release = await runVitest('side-by-side', { env: { ...env, TIDB_BASELINE: 'v8.5.4' } })
  expect(release.output).toContain('version: 8.0.11-TiDB-v8.5.4')
  expect(release.status).toBe(0)
})
