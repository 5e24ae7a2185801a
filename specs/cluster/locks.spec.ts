import { expect, test } from 'vitest-tidb'

// Locks belong to the cluster and not to a node: it makes no difference to a transaction which node its opponent is on.

test('a row that is locked on one node is waited for on the other, until it is free', async ({ cluster, tidbPool }) => {
  const alice = tidbPool.session('alice', { node: cluster.nodes[0] })
  const bob = tidbPool.session('bob', { node: cluster.nodes[1] })
  await alice.query('create table account (id int primary key, balance int)')
  await alice.query('insert into account values (1, 10), (2, 20)')

  await alice.query('begin')
  await alice.query('update account set balance = 11 where id = 1')
  await bob.query('begin')
  const write = bob.send('update account set balance = balance + 1 where id = 1')
  await expect(write).toBeBlockedBy(alice)
  await alice.query('commit')
  await expect(write).toBeReleasedWithin('5s')
  await bob.query('commit')
  expect(await alice.query('select balance from account where id = 1')).toEqual([{ balance: 12 }])

  // A statement alone is a transaction as well: it waits when it commits.
  await alice.query('begin')
  await alice.query('update account set balance = 0 where id = 2')
  const alone = bob.send('update account set balance = balance + 1 where id = 2')
  await expect(alone).toBeBlockedBy(alice)
  await alice.query('rollback')
  await alone
  expect(await alice.query('select balance from account where id = 2')).toEqual([{ balance: 21 }])
})

test('who does not want to wait is refused on the other node as on the same', async ({ cluster, tidbPool }) => {
  const alice = tidbPool.session('alice', { node: cluster.nodes[0] })
  const bob = tidbPool.session('bob', { node: cluster.nodes[1] })
  await alice.query('create table seat (id int primary key, holder text)')
  await alice.query("insert into seat values (1, '')")
  await alice.query('begin')
  await alice.query('select * from seat for update')
  await bob.query('begin')
  await expect(bob.send('select * from seat for update nowait')).toFailWith(3572)
  await bob.query('set innodb_lock_wait_timeout = 1')
  await expect(bob.send('select * from seat for update')).toFailWith(1205)
  await bob.query('rollback')
  await alice.query('rollback')
})

test('of several that wait across nodes, each is seen to wait for the one that holds', async ({
  cluster,
  tidbPool,
}) => {
  const alice = tidbPool.session('alice', { node: cluster.nodes[0] })
  const bob = tidbPool.session('bob', { node: cluster.nodes[1] })
  const carol = tidbPool.session('carol', { node: cluster.nodes[0] })
  await alice.query('create table step (id int primary key)')
  await alice.query('insert into step values (1), (2)')
  for (const session of [alice, bob, carol]) await session.query('begin')
  await alice.query('select * from step where id = 1 for update')
  await bob.query('select * from step where id = 2 for update')
  const first = bob.send('select * from step where id = 1 for update')
  await expect(first).toBeBlockedBy(alice)
  const second = carol.send('select * from step where id = 2 for update')
  await expect(second).toBeBlockedBy(bob)
  await expect(second).not.toBeBlockedBy(alice)
  await alice.query('commit')
  await first
  await bob.query('commit')
  await second
  await carol.query('commit')
})

test('a deadlock between nodes is found at once, and ends one of the two', async ({ cluster, tidbPool }) => {
  const alice = tidbPool.session('alice', { node: cluster.nodes[0] })
  const bob = tidbPool.session('bob', { node: cluster.nodes[1] })
  await alice.query('create table pair (id int primary key, value int)')
  await alice.query('insert into pair values (1, 0), (2, 0)')
  await alice.query('begin')
  await bob.query('begin')
  await alice.query('update pair set value = 1 where id = 1')
  await bob.query('update pair set value = 1 where id = 2')
  const first = alice.send('update pair set value = 2 where id = 2')
  await expect(first).toBeBlockedBy(bob)
  const second = bob.send('update pair set value = 2 where id = 1')
  await expect(second).toDeadlockWith(alice)
  await first
  await alice.query('commit')
  expect(await bob.query('select value from pair order by id')).toEqual([{ value: 1 }, { value: 2 }])
})

test('any node ends a statement or a connection of any other, whose locks stay until they time out', async ({
  cluster,
  tidbPool,
}) => {
  const alice = tidbPool.session('alice', { node: cluster.nodes[0] })
  const bob = tidbPool.session('bob', { node: cluster.nodes[1] })
  const carol = tidbPool.session('carol', { node: cluster.nodes[0] })
  await alice.query('create table task (id int primary key)')
  await alice.query('insert into task values (1)')
  await bob.query('begin')
  await bob.query('select * from task for update')
  await alice.query('begin')
  const waiting = alice.send('select * from task for update')
  await expect(waiting).toBeBlockedBy(bob)
  // The number of a connection is one for the whole cluster: the server that has it is found by it.
  const dave = tidbPool.session('dave', { node: cluster.nodes[1] })
  await dave.query(`kill tidb query ${alice.connectionId}`)
  // What waits for the storage does not end with 1317, as elsewhere, but with the words of the server's own client.
  await expect(waiting).rejects.toMatchObject({
    errno: 1105,
    message: expect.stringContaining('context canceled') as string,
  })
  await alice.query('rollback')

  await carol.query(`kill tidb ${bob.connectionId}`)
  const left = () =>
    carol.query('select id from information_schema.cluster_processlist where id = ?', [bob.connectionId ?? 0])
  await expect.poll(left).toEqual([])
  // A server that has a killed session roll back stops at its own order to stop: a lock then lives for 20 s.
  await carol.query('begin')
  await expect(carol.send('select * from task for update nowait')).toFailWith(3572)
  await carol.query('rollback')
})

test('a lock by name, of GET_LOCK, holds on all nodes', async ({ cluster, tidbPool }) => {
  const alice = tidbPool.session('alice', { node: cluster.nodes[0] })
  const bob = tidbPool.session('bob', { node: cluster.nodes[1] })
  const [taken] = await alice.query<{ taken: number }>("select get_lock('report', 1) as taken")
  expect(taken).toEqual({ taken: 1 })
  expect(await bob.query("select is_free_lock('report') as free, get_lock('report', 1) as taken")).toEqual([
    { free: 0, taken: 0 },
  ])
  // Only who has it can let it go.
  expect(await bob.query("select release_lock('report') as released")).toEqual([{ released: 0 }])
  const waiting = bob.send("select get_lock('report', 20) as taken")
  await alice.query("select release_lock('report')")
  expect(await waiting).toEqual([{ taken: 1 }])
  await bob.query("select release_lock('report')")
})
