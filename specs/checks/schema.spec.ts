import { expect, test } from 'vitest-tidb'
import {
  autoIncrementHasRoom,
  indexesNotRedundant,
  indexesUsed,
  noDdlHeldUp,
  noFailedDdl,
  statisticsFresh,
  tablesHavePrimaryKey,
  ttlJobsOnTime,
  type Finding,
} from 'vitest-tidb/checks'

/** What is said of one's own database: other files use the same server. */
function own(findings: readonly Finding[], database = ''): string[] {
  return findings
    .filter(({ subject, message }) => `${subject.name} ${message}`.includes(`${database}.`))
    .map(
      ({ subject, message }) => `${subject.name.replace(`${database}.`, '')}: ${message.replace(`${database}.`, '')}`,
    )
}

test('tables without key, columns that are nearly full, indexes that nobody needs', async ({ tidb, database }) => {
  await tidb.query('create table heap (a int)')
  await tidb.query('create table clustered (a varchar(9) primary key)')
  await tidb.query('create table nonclustered (a varchar(9) primary key nonclustered, b int unique)')
  expect(own(await tablesHavePrimaryKey(tidb), database)).toEqual(['heap: has no primary key'])
  expect(own(await tablesHavePrimaryKey(tidb, { except: [`${database}.heap`] }), database)).toEqual([])

  await tidb.query(
    'create table tiny (id tinyint auto_increment primary key, b int) auto_increment = 120 auto_id_cache 1',
  )
  await tidb.query('insert into tiny (b) values (1)')
  expect(own(await autoIncrementHasRoom(tidb), database)).toEqual([
    expect.stringMatching(/^tiny\.id: tinyint(\(4\))? gives out 12\d next, its largest is 127: 9\d/),
  ])
  expect(own(await autoIncrementHasRoom(tidb, { share: 0.99 }), database)).toEqual([])

  await tidb.query(
    'create table indexed (a int, b int, c int, key ab (a, b), key a (a), key b (b), unique u (a), key abc (a, b, c))',
  )
  expect(own(await indexesNotRedundant(tidb), database)).toEqual([
    'indexed.a: (a) is the beginning of ab (a, b)',
    'indexed.ab: (a, b) is the beginning of abc (a, b, c)',
  ])
  expect(own(await indexesUsed(tidb), database)).toContain('indexed.b: was not used since the tidb-servers started')
})

test('a table that grew without ANALYZE is found', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const admin = tidbPool.session('admin', { ...server.settings, database: 'test' })
  await admin.query('create table grown (a int primary key auto_increment, b int)')
  await admin.query('insert into grown (b) values (1), (2), (3), (4)')
  await admin.query('analyze table grown')
  // What an ANALYZE counted is known at once; what INSERTs add is written down within a minute.
  expect(await statisticsFresh(admin, { rows: 1, changed: 0 })).toEqual([])
  await admin.query('update mysql.stats_meta set modify_count = 3, version = version + 1')
  await expect
    .poll(() => statisticsFresh(admin, { rows: 4 }))
    .toMatchObject([
      { subject: { kind: 'table', name: 'test.grown' }, message: '3 of 4 rows changed since its statistics were made' },
    ])
  expect(await statisticsFresh(admin, { rows: 5 })).toEqual([])
})

test('a DDL job that failed, and one that a transaction holds up, are found', async ({ tidb, tidbPool, database }) => {
  await tidb.query('create table account (id int primary key, name int)')
  await tidb.query('insert into account values (1, 1), (2, 1)')
  await expect(tidb.send('alter table account add unique index by_name (name)')).toFailWith(1062)
  expect(own(await noFailedDdl(tidb), database)).toEqual([
    expect.stringMatching(/^DDL job \d+: add index.* on account ended in (rollback done|cancelled) at /),
  ])

  const [holder, owner] = await tidbPool.sessions('holder', 'owner')
  await holder.query('begin')
  await holder.query('select * from account')
  const change = owner.send('alter table account add column note int')
  await expect(change).toBeBlockedBy(holder)
  const held = (await noDdlHeldUp(tidb, { heldFor: 0 })).filter(({ message }) =>
    message.includes(`${database}.account`),
  )
  expect(held).toMatchObject([{ subject: { kind: 'session', name: String(holder.connectionId) } }])
  await holder.query('rollback')
  await change
  expect(own(await noDdlHeldUp(tidb, { heldFor: 0 }), database)).toEqual([])
})

test('a table whose TTL jobs stopped is found', async ({ tidb, database, requires }) => {
  await requires({ ours: true, because: 'writes into the TTL status' })
  await tidb.query('create table event (id int primary key, at timestamp) ttl = at + interval 1 day')
  const id = `(select tidb_table_id from information_schema.tables where table_schema = '${database}' and table_name = 'event')`
  await tidb.query(
    `replace into mysql.tidb_ttl_table_status (table_id, parent_table_id, last_job_start_time) values (${id}, ${id}, now() - interval 9 day)`,
  )
  expect(own(await ttlJobsOnTime(tidb), database)).toEqual([expect.stringMatching(/^event: .* 9 d ago$/)])
  expect(own(await ttlJobsOnTime(tidb, { late: '10d' }), database)).toEqual([])
})
