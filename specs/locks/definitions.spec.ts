import { expect, test } from 'vitest-tidb'

const TABLE = 'create table account (id int primary key, balance int)'
const CHANGE = 'alter table account add column owner int'

test('the same DDL in another database runs free, and is not blocked', async ({ tidb, tidbPool }) => {
  await tidb.verifyingDatabase()
  // By this name it is dropped with the databases of the run.
  const database = `${tidb.database}_other`
  await tidb.query(`create database ${database}`)
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  const carol = tidbPool.session('carol', { database })
  await alice.query(TABLE)
  await carol.query(TABLE)
  await alice.query('begin')
  await alice.query('select * from account')
  const waiting = bob.send(CHANGE)
  await expect(waiting).toBeBlockedBy(alice)
  const free = carol.send(CHANGE)
  await expect(free).not.toBeBlocked()
  await free
  await alice.query('commit')
  await waiting
  await tidb.query(`drop database ${database}`)
})

test('DDL is recognised whatever it is written like', async ({ tidb, tidbPool }) => {
  await tidb.query(TABLE)
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  const forms: [sql: string, values?: (string | number)[]][] = [
    ['-- a comment\nalter table account add column a int'],
    ['/* another */ alter table account add column b int;'],
    ['alter table account add column c int default ?', [7]],
  ]
  for (const [sql, values] of forms) {
    await alice.query('begin')
    await alice.query('select * from account')
    const change = bob.send(sql, values)
    await expect(change, sql).toBeBlockedBy(alice)
    await alice.query('commit')
    await change
  }
})

test('DDL behind other DDL waits for that', async ({ tidb, tidbPool }) => {
  await tidb.query(TABLE)
  const [alice, bob, carol] = await tidbPool.sessions('alice', 'bob', 'carol')
  await alice.query('begin')
  await alice.query('select * from account')
  const first = bob.send(CHANGE)
  await expect(first).toBeBlockedBy(alice)
  const second = carol.send('alter table account add column note int')
  await expect(second).toBeBlockedBy(bob)
  await expect(second).not.toBeBlockedBy(alice)
  expect(second.blocked).toMatchObject({ kind: 'queue' })
  await alice.query('commit')
  await Promise.all([first, second])
})

test('of transactions on the table, one that came later is not known to be waited for', async ({ tidb, tidbPool }) => {
  await tidb.query(TABLE)
  const [alice, bob, carol, dave] = await tidbPool.sessions('alice', 'bob', 'carol', 'dave')
  await alice.query('begin')
  await alice.query('select * from account')
  await dave.query('begin')
  const change = bob.send(CHANGE)
  await expect(change).toBeBlockedBy(alice)
  await carol.query('begin')
  await carol.query('select * from account')
  await expect(change).toBeBlockedBy(alice)
  await expect(change).not.toBeBlockedBy(dave)
  await expect(expect(change).toBeBlockedBy(carol)).rejects.toThrow(/can't be known/)
  for (const session of [alice, carol, dave]) await session.query('commit')
  await change
})

test('as a step that is a function, DDL is seen to wait', async ({ tidbPool }) => {
  const run = await tidbPool.interleave(
    {
      once: [TABLE],
      sessions: {
        alice: { steps: { a1: 'begin', a2: 'select * from account', a3: 'commit' } },
        bob: { steps: { b1: (session) => session.query('alter table ?? add column owner int', ['account'] as never) } },
      },
    },
    ['a1', 'a2', 'b1', 'a3'],
  )
  expect(run.outcome).toMatchObject({ b1: 'blocked until a3, then ok' })
})
