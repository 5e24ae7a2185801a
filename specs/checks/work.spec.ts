import { expect, test } from 'vitest-tidb'
import { addImportJob } from '../../fixtures/import-jobs.ts'
import {
  connectionsBelowLimit,
  importsMoving,
  memoryBelowLimit,
  noDeadlocks,
  noIdleTransactions,
  noLockWaits,
  noRecentRestarts,
  noRunawayQueries,
  noSlowStatements,
  noSpills,
  plansStable,
  statementsUseIndex,
} from 'vitest-tidb/checks'

test('sessions that are idle in a transaction, that wait for a lock, that deadlocked', async ({ tidb, tidbPool }) => {
  await tidb.query('create table account (id int primary key, balance int)')
  await tidb.query('insert into account values (1, 1), (2, 2)')
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await alice.query('begin')
  await alice.query('update account set balance = 3 where id = 1')
  const of = (session: { readonly connectionId: number | undefined }) => (name: string) =>
    name.startsWith(`${session.connectionId} on `)
  const names = (findings: readonly { readonly subject: { readonly name: string } }[]) =>
    findings.map(({ subject }) => subject.name)
  expect(names(await noIdleTransactions(tidb, { idleFor: 0 })).filter(of(alice))).toHaveLength(1)
  await bob.query('begin')
  await bob.query('update account set balance = 3 where id = 2')
  const waiting = bob.send('update account set balance = 4 where id = 1')
  await expect(waiting).toBeBlockedBy(alice)
  expect(names(await noLockWaits(tidb, { waitingFor: 0 })).filter(of(bob))).toHaveLength(1)
  const crossing = alice.send('update account set balance = 4 where id = 2')
  await expect(crossing).toDeadlockWith(bob)
  const found = await noDeadlocks(tidb)
  expect(found.map(({ message }) => message).join()).toContain('set `balance` = ?')
  expect(await noDeadlocks(tidb, { since: 0 })).toEqual([])
  await alice.query('rollback')
  await waiting
  await bob.query('rollback')
  expect(names(await noIdleTransactions(tidb, { idleFor: 0 })).filter(of(alice))).toEqual([])
})

test('limits of the server that are near, and what its statements did', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const admin = tidbPool.session('admin', { ...server.settings, database: 'test' })
  await expect(noRecentRestarts(admin)).rejects.toThrow('this server is on unistore')

  expect(await connectionsBelowLimit(admin)).toEqual([])
  await admin.query('set global max_connections = 2')
  expect(await connectionsBelowLimit(admin, { share: 0.4 })).toMatchObject([
    { message: '1 of 2 connections are open, 50%', observed: 0.5, limit: 0.4 },
  ])
  await admin.query('set global max_connections = 0')
  expect(await memoryBelowLimit(admin, { share: 0.99 })).toEqual([])
  expect(await memoryBelowLimit(admin, { share: 0.0001 })).toHaveLength(1)

  await admin.query('create table item (id int primary key auto_increment, value int)')
  await admin.query('insert into item (value) values (1), (2), (3), (4)')
  for (let rows = 4; rows < 4_096; rows *= 2) await admin.query('insert into item (value) select value + id from item')
  await admin.query('select count(*) from item where value = 7')
  expect(await noSlowStatements(admin)).toEqual([])
  expect((await noSlowStatements(admin, { average: 0 })).length).toBeGreaterThan(1)
  await admin.query('create index by_value on item (value)')
  await admin.query('select /*+ ignore_index(item, by_value) */ count(*) from item where value = 7')
  await admin.query('select count(*) from item where value = 7')
  expect(await plansStable(admin)).toEqual([
    expect.objectContaining({ message: expect.stringMatching(/^had 2 plans: select count/) as string }),
  ])
  expect(await plansStable(admin, { plans: 2 })).toEqual([])
  await admin.query('select /*+ ignore_index(item, by_value) */ count(*) from item where value = 7')
  await expect(statementsUseIndex(admin)).rejects.toThrow('the storage does not count what a statement reads')

  expect(await noSpills(admin)).toEqual([])
  await admin.query("set global tidb_mem_oom_action = 'log'")
  await admin.query('set tidb_mem_quota_query = 100000')
  // What a sort has put on disk by its end depends on how far its workers were.
  const spills = async () => {
    await admin.query('select * from item a join item b on a.id = b.id order by a.value + b.value')
    return noSpills(admin)
  }
  await expect.poll(spills).toMatchObject([{ message: expect.stringMatching(/^put .* on disk: /) as string }])

  await admin.query(
    `insert into mysql.tidb_runaway_queries (resource_group_name, start_time, match_type, action, sample_sql, sql_digest, plan_digest)
      values ('reports', now(), 'identify', 'kill', 'select sleep(100)', 'x', 'y')`,
  )
  expect(await noRunawayQueries(admin)).toMatchObject([{ subject: { kind: 'resource group', name: 'reports' } }])

  const pending = await addImportJob(admin, { database: 'test', table: 'orders', status: 'pending' })
  const moving = async (limits = {}) => (await importsMoving(admin, limits)).map(({ message }) => message)
  expect(await moving({ pendingFor: 0 })).toEqual([
    expect.stringMatching(/^into `test`.`orders` has been pending for /) as string,
  ])
  await admin.query('update mysql.tidb_import_jobs set create_time = now(6) - interval 2 hour where id = ?', [
    Number(pending),
  ])
  expect(await moving()).toEqual([expect.stringContaining('has been pending for 2 h') as string])
  expect(await moving({ pendingFor: '3h' })).toEqual([])
})
