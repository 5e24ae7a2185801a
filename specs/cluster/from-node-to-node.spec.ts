import { vi } from 'vitest'
import { expect, test, type Session } from 'vitest-tidb'
import { ddlQueueMoving, noOldTransactions, versionsAlike } from 'vitest-tidb/checks'

// What one node gives out or changes, and when the other has it. Times are those of the follower: from the answer on the
// one node to the first answer on the other that shows it.

const SOON = { timeout: 10_000, interval: 1 }

test('each node gives out AUTO_INCREMENT numbers from a range of its own', async ({ cluster, tidbPool }) => {
  const alice = tidbPool.session('alice', { node: cluster.nodes[0] })
  const bob = tidbPool.session('bob', { node: cluster.nodes[1] })
  await alice.query('create table ranged (id bigint primary key auto_increment, by_whom text)')
  await alice.query('create table counted (id bigint primary key auto_increment, by_whom text) auto_id_cache 1')
  await alice.query('create sequence cached')
  await alice.query('create sequence counting nocache')
  const seen: object[] = []
  for (const session of [alice, bob, alice, bob]) {
    const { name } = session
    const ranged = await session.query('insert into ranged (by_whom) values (?)', [name])
    const counted = await session.query('insert into counted (by_whom) values (?)', [name])
    const [sequence] = await session.query('select nextval(cached) as cached, nextval(counting) as counting')
    seen.push({ name, ranged: ranged.insertId, counted: counted.insertId, ...sequence })
  }
  // Unique everywhere; in the order of the inserts only where nobody keeps a stock of them.
  expect(seen).toEqual([
    { name: 'alice', ranged: 1, counted: 1, cached: 1, counting: 1 },
    { name: 'bob', ranged: 30_001, counted: 2, cached: 1_001, counting: 2 },
    { name: 'alice', ranged: 2, counted: 3, cached: 2, counting: 3 },
    { name: 'bob', ranged: 30_002, counted: 4, cached: 1_002, counting: 4 },
  ])
})

test('AUTO_RANDOM numbers of two nodes never meet', async ({ cluster, tidbPool }) => {
  const sessions = [0, 1].map((at) => tidbPool.session(`writer-${at}`, { node: cluster.nodes[at] })) as [
    Session,
    Session,
  ]
  await sessions[0].query('create table random (id bigint primary key auto_random(5), by_whom text)')
  for (let round = 0; round < 5; round += 1) {
    for (const session of sessions) {
      await session.query('insert into random (by_whom) values (?), (?)', [session.name, session.name])
    }
  }
  // Five bits by chance above, a number from the range of the node below.
  const rows = await sessions[0].query<{ by: string; low: number; high: number }>(
    'select by_whom as `by`, min(id & ((1 << 58) - 1)) as low, max(id & ((1 << 58) - 1)) as high from random group by by_whom order by by_whom',
  )
  expect(rows).toEqual([
    { by: 'writer-0', low: 1, high: 10 },
    { by: 'writer-1', low: 30_001, high: 30_010 },
  ])
})

test('users and roles that one node makes are known to the other when the statement ends, or soon', async ({
  cluster,
  tidbPool,
}) => {
  const admin = tidbPool.session('admin', { node: cluster.nodes[0] })
  await admin.query('create table secret (id int primary key)')
  await admin.query("create user reader identified by 'word'")
  await admin.query('create role reading')
  await admin.query('grant select on test.secret to reading')
  await admin.query('grant reading to reader')
  await admin.query('set default role reading to reader')
  const login = (name: string) =>
    tidbPool.session(name, { ...cluster.nodes[1]?.settings, user: 'reader', password: 'word', retries: 0 })
  let tries = 0
  const connect = async () => {
    const session = login(`reader-${(tries += 1)}`)
    await session.query('select * from secret')
    return session
  }
  const reader = await vi.waitFor(connect, SOON)
  // A node asks for the rights of an account when that logs in, and again when another node says that they changed.
  await expect(reader.send('insert into secret values (1)')).toFailWith(1142)
  await admin.query('grant insert on test.secret to reading')
  await vi.waitFor(() => reader.query('insert into secret values (1)'), SOON)
  await admin.query('revoke insert on test.secret from reading')
  await expect
    .poll(
      () =>
        reader.query('insert into secret values (2)').then(
          () => 'let in',
          () => 'refused',
        ),
      SOON,
    )
    .toBe('refused')
  // Who is logged in stays so.
  await admin.query('drop user reader')
  await admin.query('drop role reading')
  expect(await reader.query('select 1 as one')).toEqual([{ one: 1 }])
  // The other node hears of it a moment later.
  const logsIn = () =>
    login(`late-${(tries += 1)}`)
      .connect()
      .then(() => 'let in', String)
  await expect.poll(logsIn, SOON).toContain('1045')
})

test('a global variable is that of all nodes, for sessions that begin after it was changed', async ({
  cluster,
  tidbPool,
}) => {
  const alice = tidbPool.session('alice', { node: cluster.nodes[0] })
  const bob = tidbPool.session('bob', { node: cluster.nodes[1] })
  await bob.query('select 1')
  await alice.query('set global max_execution_time = 12345')
  try {
    const global = async () =>
      (await bob.query<{ value: number }>('select @@global.max_execution_time as value'))[0]?.value
    await expect.poll(global, SOON).toBe(12_345)
    expect(await bob.query('select @@max_execution_time as value')).toEqual([{ value: 0 }])
    const carol = tidbPool.session('carol', { node: cluster.nodes[1] })
    expect(await carol.query('select @@max_execution_time as value')).toEqual([{ value: 12_345 }])
  } finally {
    await alice.query('set global max_execution_time = 0')
  }
})

test('a prepared statement is planned anew after a schema change on the other node', async ({ cluster, tidbPool }) => {
  const alice = tidbPool.session('alice', { node: cluster.nodes[0] })
  const bob = tidbPool.session('bob', { node: cluster.nodes[1] })
  await alice.query('create table article (id int primary key, value int)')
  await alice.query('insert into article values (1, 7), (2, 8)')
  const fromCache = async () => (await bob.query<{ hit: number }>('select @@last_plan_from_cache as hit'))[0]?.hit
  const read = () => bob.execute('select * from article where value = ?', [7])
  await read()
  await read()
  expect(await fromCache()).toBe(1)
  await alice.query('alter table article add column note varchar(9)')
  expect(await read()).toEqual([{ id: 1, value: 7, note: null }])
  expect(await fromCache()).toBe(0)
  await read()
  expect(await fromCache()).toBe(1)
  await alice.query('drop table article')
  // Not 1146, as of a statement that is sent as text.
  await expect(read()).toFailWith(8113)
})

test('a stale read on one node sees what the other had written by that time', async ({ cluster, tidbPool }) => {
  const alice = tidbPool.session('alice', { node: cluster.nodes[0] })
  const bob = tidbPool.session('bob', { node: cluster.nodes[1] })
  await alice.query('create table price (id int primary key, value int)')
  await alice.query('insert into price values (1, 10)')
  // PD moves its clock on every 50 ms: what is committed within that time has no order with a time of the day.
  await alice.query('select sleep(0.1)')
  const [before] = await alice.query<{ time: string }>('select cast(now(6) as char) as time')
  await alice.query('select sleep(0.1)')
  await alice.query('update price set value = 11')
  expect(await bob.query('select value from price')).toEqual([{ value: 11 }])
  expect(await bob.query('select value from price as of timestamp ?', [before?.time ?? ''])).toEqual([{ value: 10 }])
  await bob.query('start transaction read only as of timestamp ?', [before?.time ?? ''])
  expect(await bob.query('select value from price')).toEqual([{ value: 10 }])
  await bob.query('commit')
  // Before there was a table, there was none.
  await expect(bob.send('select * from price as of timestamp now(6) - interval 1 day')).rejects.toThrow()
})

test('a temporary table is of one session; a global one has the same columns for all, and rows for each', async ({
  cluster,
  tidbPool,
}) => {
  const alice = tidbPool.session('alice', { node: cluster.nodes[0] })
  const bob = tidbPool.session('bob', { node: cluster.nodes[1] })
  await alice.query('create temporary table mine (id int primary key)')
  await expect(bob.send('select * from mine')).toFailWith(1146)
  await alice.query('create global temporary table ours (id int primary key) on commit delete rows')
  for (const session of [alice, bob]) {
    await session.query('begin')
    await session.query('insert into ours values (1)')
  }
  expect(await bob.query('select count(*) as n from ours')).toEqual([{ n: 1 }])
  await bob.query('commit')
  expect(await bob.query('select count(*) as n from ours')).toEqual([{ n: 0 }])
  expect(await alice.query('select count(*) as n from ours')).toEqual([{ n: 1 }])
  await alice.query('rollback')
})

test('the checks find on any node what is wrong on another', async ({ cluster, tidbPool }) => {
  const admin = tidbPool.session('admin', { node: cluster.nodes[0] })
  const alice = tidbPool.session('alice', { node: cluster.nodes[1] })
  const bob = tidbPool.session('bob', { node: cluster.nodes[1] })
  expect(await versionsAlike(admin)).toEqual([])
  await alice.query('create table checked (id int primary key)')
  await alice.query('begin')
  await alice.query('select * from checked')
  const subjects = async () => (await noOldTransactions(admin, { olderThan: 20 })).map(({ subject }) => subject.name)
  await expect
    .poll(subjects, SOON)
    .toContainEqual(expect.stringMatching(`^${alice.connectionId} on ${cluster.nodes[1]?.host}`))
  const change = bob.send('alter table checked add column note int')
  await expect(change).toBeBlockedBy(alice)
  const stuck = async () => (await ddlQueueMoving(admin, { stuckAfter: 0 })).map(({ message }) => message)
  expect(await stuck()).toContainEqual(expect.stringContaining('on test.checked'))
  await alice.query('commit')
  await change
  expect(await stuck()).toEqual([])
})
