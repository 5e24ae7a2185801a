import { expect, test } from 'vitest-tidb'

// send {
test('a second writer waits for the first', async ({ tidb, tidbPool }) => {
  await tidb.query('create table account (id int primary key, balance int)')
  await tidb.query('insert into account values (1, 0)')
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await alice.query('begin')
  await alice.query('update account set balance = 10 where id = 1')
  const write = bob.send('update account set balance = balance + 5 where id = 1')
  await expect(write).toBeBlocked()
  await expect(write).toBeBlockedBy(alice)
  await alice.query('commit')
  await expect(write).toBeReleasedWithin('1s')
  expect(await tidb.query('select balance from account')).toEqual([{ balance: 15 }])
})
// }

// deadlock {
test('two that wait for each other', async ({ tidb, tidbPool }) => {
  await tidb.query('create table account (id int primary key, balance int)')
  await tidb.query('insert into account values (1, 0), (2, 0)')
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await Promise.all([alice.query('begin'), bob.query('begin')])
  await alice.query('update account set balance = 1 where id = 1')
  await bob.query('update account set balance = 1 where id = 2')
  const first = alice.send('update account set balance = 1 where id = 2')
  await expect(first).toBeBlocked()
  const second = bob.send('update account set balance = 1 where id = 1')
  await expect(second).toDeadlockWith(alice)
  await first
  await alice.query('rollback')
})
// }

// failures {
test('each kind of failure has its matcher', async ({ tidb, tidbPool }) => {
  await tidb.query('create table account (id int primary key, balance int)')
  await tidb.query('insert into account values (1, 0)')
  await expect(tidb.query('insert into account values (1, 0)')).toFailWith(1062)
  await expect(tidb.query('select * from no_such_table')).toFailWith('ER_NO_SUCH_TABLE')

  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await alice.query('begin optimistic')
  await alice.query('update account set balance = 1')
  await bob.query('update account set balance = 2')
  await expect(alice.send('commit')).toConflict()

  await alice.query('begin')
  await alice.query('select * from account for update')
  await bob.query('set innodb_lock_wait_timeout = 1')
  await bob.query('begin')
  await expect(bob.send('select * from account for update')).toTimeOutWaiting()
  await Promise.all([alice.query('rollback'), bob.query('rollback')])
})
// }
