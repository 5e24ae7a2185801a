import { expect, test } from 'vitest-tidb'

// One node of a cluster, the DDL owner, carries out the schema changes of all. The others follow within milliseconds, and
// a statement that changes a schema ends only when all of them have.

test('a table that was made on one node can be used on the other at once', async ({ cluster, tidbPool }) => {
  const alice = tidbPool.session('alice', { node: cluster.nodes[0] })
  const bob = tidbPool.session('bob', { node: cluster.nodes[1] })
  // Both ways, as one of the two is not the owner.
  for (const [maker, user] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    const table = `made_by_${maker.name}`
    await maker.query(`create table ${table} (id int primary key)`)
    await user.query(`insert into ${table} values (1)`)
    await maker.query(`alter table ${table} add column note varchar(9) default 'old'`)
    expect(await user.query(`select * from ${table}`)).toEqual([{ id: 1, note: 'old' }])
    await maker.query(`drop table ${table}`)
    await expect(user.send(`select * from ${table}`)).toFailWith(1146)
  }
})

test('a change waits for transactions on all nodes, which go on with what they began with', async ({
  cluster,
  tidbPool,
}) => {
  const alice = tidbPool.session('alice', { node: cluster.nodes[0] })
  const bob = tidbPool.session('bob', { node: cluster.nodes[1] })
  const carol = tidbPool.session('carol', { node: cluster.nodes[0] })
  await alice.query('create table account (id int primary key, balance int)')
  await alice.query('insert into account values (1, 10)')
  await alice.query('begin')
  await alice.query('select * from account')

  const change = bob.send('alter table account add column owner int')
  await expect(change).toBeBlockedBy(alice)
  // DDL on the same table waits for that, wherever it was sent. On another table it does not.
  const behind = carol.send('alter table account add column note text')
  await expect(behind).toBeBlockedBy(bob)
  const dave = tidbPool.session('dave', { node: cluster.nodes[1] })
  await dave.query('create table free (id int primary key)')

  expect(await alice.query('select * from account')).toEqual([{ id: 1, balance: 10 }])
  await alice.query('update account set balance = 11')
  await alice.query('commit')
  await Promise.all([change, behind])
  expect(await alice.query('select * from account')).toEqual([{ id: 1, balance: 11, owner: null, note: null }])
})

test('a change that is held up is cancelled from any node', async ({ cluster, tidbPool }) => {
  const alice = tidbPool.session('alice', { node: cluster.nodes[0] })
  const bob = tidbPool.session('bob', { node: cluster.nodes[1] })
  const carol = tidbPool.session('carol', { node: cluster.nodes[0] })
  await alice.query('create table invoice (id int primary key, total int)')
  await alice.query('begin')
  await alice.query('select * from invoice')
  const change = bob.send('alter table invoice add index by_total (total)')
  await expect(change).toBeBlockedBy(alice)
  const [job] = await carol.query<{ id: string }>(
    "select cast(job_id as char) as id from information_schema.ddl_jobs where table_name = 'invoice' and state <> 'synced'",
  )
  expect(await carol.query(`admin cancel ddl jobs ${job?.id}`)).toEqual([{ JOB_ID: job?.id, RESULT: 'successful' }])
  await alice.query('commit')
  await expect(change).toFailWith(8214)
  expect(await alice.query("show index from invoice where key_name = 'by_total'")).toEqual([])
})
