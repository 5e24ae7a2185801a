import { expect, test } from 'vitest-tidb'

// two-nodes {
test('a row written on one node is read on the other', async ({ cluster, tidbPool }) => {
  const [first, second] = cluster.nodes
  const alice = tidbPool.session('alice', { node: first })
  const bob = tidbPool.session('bob', { node: second })
  await alice.query('create table greetings (text varchar(20))')
  await alice.query("insert into greetings values ('hello')")
  expect(await bob.query('select text from greetings')).toEqual([{ text: 'hello' }])
})
// }

test('the nodes of a file are the same for all of its tests', async ({ cluster, tidbPool }) => {
  const [, second] = cluster.nodes
  const [row] = await tidbPool.session('bob', { node: second }).query('select text, @@port as port from greetings')
  expect(row).toEqual({ text: 'hello', port: second?.port })
})

// killed {
test('the data outlives a node', { timeout: 60_000 }, async ({ startCluster, tidbPool }) => {
  const cluster = await startCluster({ nodes: 1 })
  const [first] = cluster.nodes
  const alice = tidbPool.session('alice', { node: first })
  await alice.query('create table t (id int)')
  await first?.kill()
  await expect(alice.query('select * from t')).rejects.toThrow('killed by the test')
  const second = await cluster.addNode()
  expect(await tidbPool.session('bob', { node: second }).query('select * from t')).toEqual([])
})
// }

test('a node that was killed starts again on its ports', { timeout: 60_000 }, async ({ startCluster, tidbPool }) => {
  const { nodes } = await startCluster()
  const [, second] = nodes
  await second?.kill()
  await expect(tidbPool.session('bob', { node: second }).connect()).rejects.toThrow(
    /connection refused[^]*try: that is node 1 \(tidb-server v[\d.]+\), killed by the test \(SIGKILL\)/,
  )
  await second?.start()
  expect(await tidbPool.session('carol', { node: second }).query('select @@port as port')).toEqual([
    { port: second?.port },
  ])
})

test('the first node runs the DDL jobs: on another each would wait half a second', async ({ cluster }) => {
  expect(await cluster.ddlOwner()).toBe(cluster.nodes[0])
})
