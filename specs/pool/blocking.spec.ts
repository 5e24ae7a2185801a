import { expect, test } from 'vitest-tidb'

const ACCOUNTS = 'create table account (id int primary key, balance int)'

test('a second writer is blocked by the first until the first commits', async ({ tidbPool }) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await alice.query(ACCOUNTS)
  await alice.query('insert into account values (1, 0), (2, 0)')
  await alice.query('begin')
  await alice.query('update account set balance = 10 where id = 1')
  await bob.query('begin')
  const write = bob.send('update account set balance = balance + 5 where id = 1')
  await expect(write).toBeBlocked()
  await expect(write).toBeBlockedBy(alice)
  await alice.query('commit')
  await expect(write).toBeReleasedWithin('2s')
  expect((await write).affectedRows).toBe(1)
  await bob.query('commit')
  expect(await alice.query('select balance from account where id = 1')).toEqual([{ balance: 15 }])
})

test('an autocommit statement is blocked as well', async ({ tidbPool }) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await alice.query(ACCOUNTS)
  await alice.query('insert into account values (1, 0)')
  await alice.query('begin')
  await alice.query('update account set balance = 10 where id = 1')
  const write = bob.send('update account set balance = 20 where id = 1')
  await expect(write).toBeBlocked()
  await expect(write).toBeBlockedBy(alice)
  await alice.query('commit')
  await write
  expect(await alice.query('select balance from account')).toEqual([{ balance: 20 }])
})

test('a statement that nobody holds up is not blocked', async ({ tidbPool }) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await alice.query(ACCOUNTS)
  await alice.query('insert into account values (1, 0), (2, 0)')
  await alice.query('begin')
  await alice.query('update account set balance = 10 where id = 1')
  const write = bob.send('update account set balance = 5 where id = 2')
  await expect(write).not.toBeBlocked()
  await write
  await alice.query('commit')
})

test('DDL is blocked by a transaction on its table', async ({ tidbPool }) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await alice.query(ACCOUNTS)
  await alice.query('begin')
  await alice.query('select * from account')
  const change = bob.send('alter table account add column owner int')
  await expect(change).toBeBlockedBy(alice)
  await alice.query('commit')
  await change
})

test('two that wait for each other deadlock', async ({ tidbPool }) => {
  const [alice, bob, carol] = await tidbPool.sessions('alice', 'bob', 'carol')
  await alice.query(ACCOUNTS)
  await alice.query('insert into account values (1, 0), (2, 0)')
  await alice.query('begin')
  await bob.query('begin')
  await alice.query('update account set balance = 1 where id = 1')
  await bob.query('update account set balance = 2 where id = 2')
  const first = alice.send('update account set balance = 1 where id = 2')
  await expect(first).toBeBlockedBy(bob)
  await carol.query('select * from account')
  const second = bob.send('update account set balance = 2 where id = 1')
  await expect(second).toDeadlockWith(alice)
  await expect(second).not.toDeadlockWith(carol)
  await first
  await alice.query('commit')
  await bob.query('rollback')
})

test('of several that hold locks in one table, the one that holds the row is told', async ({ tidbPool }) => {
  const [alice, bob, carol] = await tidbPool.sessions('alice', 'bob', 'carol')
  await alice.query(ACCOUNTS)
  await alice.query('insert into account values (1, 0), (2, 0), (3, 0)')
  await Promise.all([alice, bob, carol].map((session) => session.query('begin')))
  await alice.query('update account set balance = 1 where id = 1')
  await bob.query('select * from account where id = 2 for update')
  const second = bob.send('update account set balance = 2 where id = 1')
  await expect(second).toBeBlockedBy(alice)
  const third = carol.send('delete from account where id = ?', [2])
  await expect(third).toBeBlockedBy(bob)
  await expect(third).not.toBeBlockedBy(alice)
  await alice.query('rollback')
  await expect(second).toBeReleasedWithin('2s')
  await bob.query('rollback')
  await expect(third).toBeReleasedWithin('2s')
  await carol.query('rollback')
})

test('a session that has not begun may send at once', async ({ tidb, tidbPool }) => {
  await tidb.query(ACCOUNTS)
  await tidb.query('insert into account values (1, 0)')
  await tidb.query('begin')
  await tidb.query('update account set balance = 1')
  const write = tidbPool.session('late').send('update account set balance = 2')
  await expect(write).toBeBlockedBy(tidb)
  await tidb.query('rollback')
  await write
})

test('a wait for a lock times out, and NOWAIT does not wait', async ({ tidbPool }) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await alice.query(ACCOUNTS)
  await alice.query('insert into account values (1, 0)')
  await alice.query('begin')
  await alice.query('update account set balance = 1 where id = 1')
  await bob.query('set innodb_lock_wait_timeout = 1')
  await bob.query('begin')
  await expect(bob.send('select * from account where id = 1 for update nowait')).toFailWith(3572)
  await expect(bob.send('select * from account where id = 1 for update')).toTimeOutWaiting()
  await bob.query('rollback')
  await alice.query('rollback')
})

test('an optimistic transaction conflicts at its commit', async ({ tidbPool }) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await alice.query(ACCOUNTS)
  await alice.query('insert into account values (1, 0)')
  await alice.query('begin optimistic')
  await alice.query('update account set balance = 1 where id = 1')
  await bob.query('update account set balance = 2 where id = 1')
  await expect(alice.send('commit')).toConflict()
})

test('an error is told by number, by symbol, and from any promise', async ({ tidb }) => {
  await tidb.query(ACCOUNTS)
  await tidb.query('insert into account values (1, 0)')
  await expect(tidb.query('insert into account values (1, 0)')).toFailWith(1062)
  await expect(tidb.query('insert into account values (1, 0)')).toFailWith('ER_DUP_ENTRY')
  await expect(tidb.query('insert into account values (2, 0)')).not.toFailWith(1062)
  await expect(tidb.send('select * from no_such_table')).toFailWith('ER_NO_SUCH_TABLE')
})
