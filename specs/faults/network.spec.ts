import { expect, test } from 'vitest-tidb'

const OURS = { ours: true, because: 'breaks the network to it' }

test('a network that is slow, both ways or one', async ({ faults, tidbPool, requires }) => {
  await requires(OURS)
  const network = await faults.network()
  const alice = tidbPool.session('alice', network.settings)
  const took = async () => {
    const began = performance.now()
    await alice.query('select 1')
    return performance.now() - began
  }
  await took()
  await network.delay('100ms')
  expect(await took()).toBeGreaterThanOrEqual(200)
  await network.restore()
  await network.delay('100ms', { only: 'answers' })
  expect(await took()).toBeGreaterThanOrEqual(100)
})

test('a network that stalls keeps what is sent, and lets it go on when it is over', async ({
  faults,
  tidbPool,
  requires,
}) => {
  await requires(OURS)
  const network = await faults.network()
  const alice = tidbPool.session('alice', network.settings)
  await alice.query('create table t (id int primary key)')
  await network.stall()
  const insert = alice.query('insert into t values (1)')
  const bob = tidbPool.session('bob')
  // Nothing has reached the server.
  expect(await bob.query('select * from t')).toEqual([])
  await network.restore()
  await insert
  expect(await bob.query('select * from t')).toEqual([{ id: 1 }])
})

test('answers that are lost leave it unknown what became of a COMMIT', async ({ faults, tidbPool, requires }) => {
  await requires(OURS)
  const network = await faults.network()
  const [alice, bob] = [tidbPool.session('alice', network.settings), tidbPool.session('bob')]
  await alice.query('create table t (id int primary key)')
  await alice.query('begin')
  await alice.query('insert into t values (1)')
  await network.lose({ only: 'answers' })
  const commit = expect(alice.query('commit')).rejects.toMatchObject({ outcomeUnknown: true })
  await expect.poll(() => bob.query('select * from t')).toEqual([{ id: 1 }])
  await network.restore()
  await commit
  expect(alice.connection?.closed).toBe(true)
})

test('a network that is cut ends its sessions and takes no other, until it is restored', async ({
  faults,
  tidbPool,
  requires,
}) => {
  await requires(OURS)
  const network = await faults.network()
  const [alice, bob] = [
    tidbPool.session('alice', network.settings),
    tidbPool.session('bob', { ...network.settings, retries: 0 }),
  ]
  await alice.query('select 1')
  await network.cut()
  await expect(alice.query('select 1')).rejects.toThrow(/the test broke the network to it: it is cut/)
  await expect(bob.connecting()).rejects.toThrow(/ECONNREFUSED[^]*the test broke the network to it: it is cut/)
  await network.restore()
  const carol = tidbPool.session('carol', network.settings)
  expect(await carol.query('select 1 as one')).toEqual([{ one: 1 }])
})

test('a network passes so many bytes a second', async ({ faults, tidbPool, requires }) => {
  await requires(OURS)
  const network = await faults.network()
  const alice = tidbPool.session('alice', network.settings)
  await alice.query('select 1')
  await network.limit(50_000, { only: 'answers' })
  const began = performance.now()
  await alice.query("select repeat('x', 25000) as x")
  expect(performance.now() - began).toBeGreaterThan(400)
})

test('what can not be asked of a network is refused by name', async ({ faults, tidbPool, requires }) => {
  await requires(OURS)
  const network = await faults.network()
  await expect(network.limit(999)).rejects.toThrow(/can't be limited to 999 bytes a second/)
  await expect(network.delay('soon')).rejects.toThrow('soon')
  await expect(network.stall({ only: 'pings' as never })).rejects.toThrow(/no direction pings/)
  await expect(faults.network(7)).rejects.toThrow(/no node 7/)
  // Nothing of that is in force.
  await tidbPool.session('alice', network.settings).query('select 1')
})

test('on a configured host nothing is broken', async ({ faults, tidbServer, tidbPool, startTiDB, skip }) => {
  skip(tidbServer.ours, 'the server is of this run')
  await expect(faults.network()).rejects.toThrow(/the network of a configured host is not broken on purpose/)
  // Only to one of the test's own.
  const network = await faults.network(await startTiDB())
  await tidbPool.session('alice', network.settings).query('select 1')
})
