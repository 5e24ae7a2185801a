import { expect, test } from 'vitest-tidb'

// With metadata locks, which are on by default, DDL waits for transactions on its table: see baseline.md.

test.for(['pessimistic', 'optimistic'])(
  'without metadata locks, DDL goes ahead and the %s transaction fails, with nothing written',
  { timeout: 180_000 },
  async (kind, { startTiDB, tidbPool }) => {
    const server = await startTiDB()
    const settings = { ...server.settings, database: 'test' }
    const alice = tidbPool.session('alice', settings)
    const bob = tidbPool.session('bob', settings)
    await bob.query('set global tidb_enable_metadata_lock = off')
    await bob.query('create table test (id int primary key, value int)')
    await bob.query('insert into test values (1, 10)')

    await alice.query(`begin ${kind}`)
    await alice.query('update test set value = 11 where id = 1')
    const change = bob.send('alter table test add column note int')
    await expect(change).not.toBeBlocked()
    await change
    await expect(alice.send('commit')).toFailWith(8028)
    expect(await bob.query('select * from test')).toEqual([{ id: 1, value: 10, note: null }])

    await bob.query('set global tidb_enable_metadata_lock = on')
    await alice.query(`begin ${kind}`)
    await alice.query('update test set value = 12 where id = 1')
    const blocked = bob.send('alter table test add column more int')
    await expect(blocked).toBeBlockedBy(alice)
    await alice.query('commit')
    await blocked
    expect(await bob.query('select * from test')).toEqual([{ id: 1, value: 12, note: null, more: null }])
  },
)

test('DROP DATABASE waits for nobody, and what is written afterwards is lost', async ({ tidbPool, database }) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  const other = `${database}_gone`
  await alice.query(`create database ${other}`)
  await alice.query(`create table ${other}.item (id int primary key)`)
  await alice.query('begin')
  await alice.query(`insert into ${other}.item values (1)`)
  await bob.query(`drop database ${other}`, [], { within: '5s' })
  await alice.query(`insert into ${other}.item values (2)`)
  await alice.query('commit')
  await expect(bob.send(`select * from ${other}.item`)).toFailWith(1146)
})
