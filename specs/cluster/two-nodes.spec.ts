import { expect, test } from 'vitest-tidb'

// #region two-nodes
test('a row written on one node is read on the other', async ({ cluster, tidbPool }) => {
  const [first, second] = cluster.nodes
  const alice = tidbPool.session('alice', { node: first })
  const bob = tidbPool.session('bob', { node: second })
  await alice.query('create table greetings (text varchar(20))')
  await alice.query("insert into greetings values ('hello')")
  expect(await bob.query('select text from greetings')).toEqual([{ text: 'hello' }])
})
// #endregion two-nodes

test('the nodes of a file are the same for all of its tests', async ({ cluster, tidbPool }) => {
  const [, second] = cluster.nodes
  const [row] = await tidbPool.session('bob', { node: second }).query('select text, @@port as port from greetings')
  expect(row).toEqual({ text: 'hello', port: second?.port })
})

test(
  'a node that is killed is said so, starts again on its ports, and has the data',
  { timeout: 60_000 },
  async ({ startCluster, tidbPool }) => {
    const { nodes } = await startCluster()
    const [first, second] = nodes
    await tidbPool.session('alice', { node: first }).query('create table t (id int)')
    await second?.kill()
    await expect(tidbPool.session('bob', { node: second }).connect()).rejects.toThrow(
      /connection refused[^]*try: that is node 1 \(tidb-server v[\d.]+\), killed by the test \(SIGKILL\)/,
    )
    await second?.start()
    expect(await tidbPool.session('carol', { node: second }).query('select * from t')).toEqual([])
  },
)
