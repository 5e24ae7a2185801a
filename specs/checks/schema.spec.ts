import { expect, test } from 'vitest-tidb'
import {
  autoIncrementHasRoom,
  autoRandomHasRoom,
  collationsAlike,
  indexesNotRedundant,
  indexesUsed,
  noDdlHeldUp,
  noFailedDdl,
  sequencesHaveRoom,
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

test('values that run out are found whichever tidb-server gave them out, and what may not be asked is no pass', async ({
  tidb,
  database,
}) => {
  // A tidb-server takes 30,000 at once: the next one to insert finds none left.
  await tidb.query('create table narrow (id smallint auto_increment primary key, b int)')
  await tidb.query('insert into narrow (b) values (1)')
  expect(own(await autoIncrementHasRoom(tidb), database)).toEqual([
    expect.stringMatching(/^narrow\.id: smallint(\(6\))? gives out 30,001 next, its largest is 32,767: 91\.5%$/),
  ])
  await expect(autoIncrementHasRoom(tidb, { asked: 0 })).rejects.toMatchObject({
    silence: 'not-available',
    hints: ['raise auto-increment-has-room.asked'],
  })

  await tidb.query('create table scattered (id bigint auto_random(5) primary key, b int)')
  await tidb.query('create table wide (id bigint unsigned auto_random(3, 54) primary key, b int)')
  expect(own(await autoRandomHasRoom(tidb), database)).toEqual([])
  await tidb.query('alter table scattered auto_random_base = 259407338536540000')
  await tidb.query('alter table wide auto_random_base = 1576259869579673')
  expect(own(await autoRandomHasRoom(tidb), database)).toEqual([
    expect.stringMatching(/^scattered\.id: gives out 259,407,338,536,540,000 next, .*: 90%$/),
  ])

  await tidb.query('create sequence up maxvalue 10 nocache')
  await tidb.query('create sequence down increment -1 start 10 minvalue 1 maxvalue 10 nocache')
  await tidb.query('create sequence around maxvalue 10 cycle nocache')
  for (let value = 1; value <= 9; value += 1) await tidb.query('select nextval(up), nextval(around)')
  expect(own(await sequencesHaveRoom(tidb), database)).toEqual(['up: has given out 90% of its values, its last is 10'])
  for (let value = 1; value <= 9; value += 1) await tidb.query('select nextval(down)')
  expect(own(await sequencesHaveRoom(tidb), database)).toHaveLength(2)
  expect(own(await sequencesHaveRoom(tidb, { share: 0.9 }), database)).toEqual([])
})

test('a table unlike its database, and a column unlike its table, are found', async ({ tidb, database }) => {
  await tidb.query('create table other (a varchar(9), b int) collate utf8mb4_general_ci')
  await tidb.query('create table mixed (a varchar(9), b varchar(9) collate utf8mb4_unicode_ci)')
  expect(own(await collationsAlike(tidb), database).toSorted()).toEqual([
    'mixed.b: has the collation utf8mb4_unicode_ci, its table has utf8mb4_bin',
    'other: has the collation utf8mb4_general_ci, its database has utf8mb4_bin',
  ])
  // Of foreign keys TiDB sees to it itself.
  await tidb.query('create table parent (a varchar(9) collate utf8mb4_unicode_ci primary key)')
  await expect(tidb.send('create table child (a varchar(9), foreign key (a) references parent (a))')).toFailWith(3780)
  await tidb.query('drop table parent')
  expect(own(await collationsAlike(tidb, { except: [`${database}.other`, `${database}.mixed.b`] }), database)).toEqual(
    [],
  )
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
