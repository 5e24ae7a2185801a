import { expect, test } from 'vitest-tidb'

// The same cluster in containers of the official images; skipped where the engine has none of them.

const SLOW = { timeout: 240_000 }
const CONTAINERS = { provider: 'container' } as const

test('two nodes in containers are one cluster', SLOW, async ({ startCluster, tidbPool }) => {
  const cluster = await startCluster({ ...CONTAINERS, nodes: 2 })
  const [first, second] = cluster.nodes
  expect(await cluster.ddlOwner()).toBe(first)
  const alice = tidbPool.session('alice', { node: first })
  const bob = tidbPool.session('bob', { node: second })
  await alice.query('create table account (id int primary key, balance int)')
  await alice.query('insert into account values (1, 10)')
  expect(await bob.query('select balance from account')).toEqual([{ balance: 10 }])
  expect(await bob.query('select type, instance from information_schema.cluster_info order by type, instance')).toEqual(
    [
      { type: 'pd', instance: 'pd:2379' },
      { type: 'tidb', instance: 'tidb-0:4000' },
      { type: 'tidb', instance: 'tidb-1:4000' },
      { type: 'tikv', instance: 'tikv:20160' },
    ],
  )
  await alice.query('begin')
  await alice.query('update account set balance = 11')
  const write = bob.send('update account set balance = 12')
  await expect(write).toBeBlockedBy(alice)
  await alice.query('commit')
  await write
})

test(
  'what a test ends in a container starts again on its port, with its data',
  SLOW,
  async ({ startCluster, tidbPool }) => {
    const { nodes, pd, storage } = await startCluster({ ...CONTAINERS, nodes: 1 })
    const [node] = nodes
    const alice = tidbPool.session('alice', { node })
    await alice.query('create table account (id int primary key, balance int)')
    await alice.query('insert into account values (1, 10)')

    await node?.kill()
    expect(node?.pid).toBeUndefined()
    await expect(alice.query('select 1')).rejects.toThrow(/node 0 \(tidb-server v[\d.]+\), killed by the test/)
    await node?.start()
    const bob = tidbPool.session('bob', { node })
    expect(await bob.query('select balance from account')).toEqual([{ balance: 10 }])

    await storage.stop()
    await storage.start()
    await pd.kill()
    await pd.start()
    expect(await bob.query('select sum(balance) as total from account')).toEqual([{ total: '10' }])

    await node?.pause()
    const read = bob.send('select 1')
    await expect(read).not.toBeReleasedWithin('300ms')
    await node?.resume()
    await read
  },
)

test('a node is added to a cluster in containers, and one is removed', SLOW, async ({ startCluster, tidbPool }) => {
  const cluster = await startCluster({ ...CONTAINERS, nodes: 1 })
  const [first] = cluster.nodes
  if (first === undefined) throw new Error('a cluster without a node')
  await tidbPool.session('alice', { node: first }).query('create table t (id int)')
  const second = await cluster.addNode()
  expect(await tidbPool.session('bob', { node: second }).query('select * from t')).toEqual([])
  await cluster.removeNode(first)
  expect(cluster.nodes).toEqual([second])
  expect(await cluster.endLeases(first)).toEqual(expect.any(Array))
})
