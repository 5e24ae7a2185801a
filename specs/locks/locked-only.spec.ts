import { expect, test, type Session } from 'vitest-tidb'
import { FORGETS_LOCKS, forgetsLocks } from '../../fixtures/plain-unistore.ts'

// A commit that locked a row and changed nothing, and who began before it: TiKV has them conflict, and so has the
// tidb-server that is built here. Unistore as released forgets such a commit: docs/local-server.md.

async function family(session: Session) {
  await session.query('create table parent (id int primary key, code int, note int, unique key (code))')
  await session.query(
    'create table child (id int primary key, parent int, foreign key (parent) references parent (id))',
  )
  await session.query('insert into parent values (1, 1, 0), (2, 2, 0)')
}

test('a DELETE alone waits for the transaction with a new child, and is refused when that was committed', async ({
  tidbPool,
}) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await family(alice)
  await alice.query('begin')
  await alice.query('insert into child values (1, 1)')
  const remove = bob.send('delete from parent where id = 1')
  await expect(remove).toBeBlockedBy(alice)
  await alice.query('commit')
  if (await forgetsLocks(bob)) {
    await remove
    expect(await bob.query('select id from parent')).toEqual([{ id: 2 }])
  } else {
    await expect(remove).toFailWith(1451)
    expect(await bob.query('select id from parent')).toEqual([{ id: 1 }, { id: 2 }])
  }
  expect(await bob.query('select parent from child')).toEqual([{ parent: 1 }])
})

test('an UPDATE alone of a row that somebody locks for reading takes effect after that', async ({ tidbPool }) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await family(alice)
  await alice.query('begin')
  await alice.query('select note from parent where id = 1 for update')
  const write = bob.send('update parent set note = note + 1 where id = 1')
  await expect(write).toBeBlockedBy(alice)
  await alice.query('commit')
  expect(await write).toMatchObject({ affectedRows: 1 })
  expect(await bob.query('select note from parent where id = 1')).toEqual([{ note: 1 }])
})

test('a key that is checked at commit only conflicts with who locked it since', async ({ tidbPool }) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await family(alice)
  await alice.query('set tidb_constraint_check_in_place_pessimistic = off')
  await alice.query('begin pessimistic')
  await alice.query('insert into parent values (3, 3, 0)')
  await bob.query('begin pessimistic')
  expect(await bob.query('select * from parent where id = 3 for update')).toEqual([])
  await bob.query('commit')
  const commit = alice.send('commit')
  if (await forgetsLocks(bob)) await commit
  else await expect(commit).toFailWith(9007)
})

test('a bulk statement conflicts with who locked one of its rows after it began', async ({ tidbPool }) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  // With foreign keys, TiDB would run it as any other statement.
  await alice.query('create table item (id int primary key, value int)')
  await alice.query('insert into item values (1, 0), (2, 0)')
  await alice.query('begin')
  await alice.query('select * from item where id = 1 for update')
  await bob.query(`set tidb_dml_type = 'bulk'`)
  const write = bob.send('update item set value = 1')
  await expect(write).toBeBlockedBy(alice)
  await alice.query('commit')
  if (await forgetsLocks(alice)) await write
  else await expect(write).toFailWith(9007)
})

test('with foreign keys checked under shared locks, the parent of a new child is still there', async ({
  tidbPool,
  tidbServer,
  skip,
}) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await family(alice)
  const [known] = await alice.query(`show variables like 'tidb_foreign_key_check_in_shared_lock'`)
  skip(known === undefined, `${tidbServer.release} has no tidb_foreign_key_check_in_shared_lock`)
  await alice.query('set tidb_foreign_key_check_in_shared_lock = on')
  await alice.query('begin')
  await alice.query('insert into child values (1, 1)')
  await alice.query('commit')
  const check = bob.send('admin check table parent')
  if (await forgetsLocks(alice)) {
    await expect(check).toFailWith(8223)
    return
  }
  await check
  expect(await bob.query('select id from parent')).toEqual([{ id: 1 }, { id: 2 }])
  await expect(bob.send('delete from parent where id = 1')).toFailWith(1451)
})

test('on unistore a shared lock is held by one transaction at a time', async ({ tidbPool, tidbServer, skip }) => {
  const { provider, store } = tidbServer
  skip(store !== 'unistore' && provider !== 'cluster', 'TiKV shares it: nobody waits there')
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await family(alice)
  const [known] = await alice.query(`show variables like 'tidb_foreign_key_check_in_shared_lock'`)
  skip(known === undefined, `${tidbServer.release} has no tidb_foreign_key_check_in_shared_lock`)
  skip(await forgetsLocks(alice), FORGETS_LOCKS)
  for (const session of [alice, bob]) {
    await session.query('set tidb_foreign_key_check_in_shared_lock = on')
    await session.query('begin')
  }
  await alice.query('insert into child values (1, 1)')
  const insert = bob.send('insert into child values (2, 1)')
  await expect(insert).toBeBlockedBy(alice)
  await alice.query('commit')
  await insert
  await bob.query('commit')
  expect(await bob.query('select id from child')).toEqual([{ id: 1 }, { id: 2 }])
})

test('the history of a row has the commits that only locked it', async ({ tidb, tidbServer, database, skip }) => {
  const { host, statusPort } = tidbServer
  skip(statusPort === undefined, 'reads the status port, which is not known')
  skip(await forgetsLocks(tidb), 'unistore as released calls such a commit a rollback')
  await family(tidb)
  await tidb.query('begin')
  await tidb.query('select * from parent for update')
  await tidb.query('update parent set note = 1 where id = 2')
  await tidb.query('commit')
  const answer = await fetch(`http://${host}:${statusPort}/mvcc/key/${database}/parent/1`)
  const { value } = (await answer.json()) as { value: { info: { writes: { type?: number; commit_ts: number }[] } } }
  // Op_Lock, and Op_Put, which is 0 and left out.
  expect(value.info.writes.map(({ type = 0 }) => type)).toEqual([2, 0])
})
