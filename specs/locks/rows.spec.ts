import { expect, test, type Session, type TiDBPool } from 'vitest-tidb'

/** What an assertion that can give no verdict ends with. */
const UNKNOWN = expect.objectContaining({ code: 'TIDB_LOCK_ACCOUNT' }) as unknown

test('an update of more than 16,000 rows that nobody blocks is not blocked, whatever somebody else holds', async ({
  tidb,
  tidbPool,
}) => {
  await tidb.query('create table digit (v int)')
  await tidb.query(`insert into digit values ${Array.from({ length: 26 }, (_, v) => `(${v})`).join(', ')}`)
  await tidb.query('create table big (id int primary key, v int)')
  await tidb.query('insert into big select a.v + 26 * b.v + 676 * c.v, 0 from digit a, digit b, digit c')
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await alice.query('begin')
  await alice.query('insert into big values (1000000, 1)')
  await bob.query('begin')
  const write = bob.send('update big set v = v + 1 where id < 1000000')
  await Promise.all([expect(write).not.toBeBlocked(), expect(write).not.toBeBlockedBy(alice)])
  expect((await write).affectedRows).toBeGreaterThanOrEqual(16_000)
  await Promise.all([alice.query('rollback'), bob.query('rollback')])
})

test('a statement that runs on is not blocked either', async ({ tidb, tidbPool }) => {
  await tidb.testingConnection()
  const [bob] = await tidbPool.sessions('bob')
  const sleep = bob.send('select sleep(0.4)')
  await expect(sleep).not.toBeBlocked({ within: '50ms' })
  await expect(expect(sleep).toBeBlocked({ within: '50ms' })).rejects.toThrow(/still under way/)
  await expect(sleep).not.toBeBlockedBy(tidb, { within: '50ms' })
  await sleep
})

/** alice changed row 1, carol changed row 2, and bob has begun: whoever waits for row 1 waits for alice alone. */
async function accounts(tidbPool: TiDBPool) {
  const [alice, bob, carol] = await tidbPool.sessions('alice', 'bob', 'carol')
  await alice.query('create table account (id bigint primary key, owner int, key (owner))')
  await alice.query('insert into account values (1, 10), (2, 20), (3, 30)')
  await alice.query('create view first_account as select * from account where id = 1')
  await Promise.all([alice, bob, carol].map((session) => session.query('begin')))
  await alice.query('update account set owner = 11 where id = 1')
  await carol.query('update account set owner = 21 where id = 2')
  const end = () => Promise.all([alice, bob, carol].map((session) => session.query('rollback')))
  return { alice, bob, carol, end }
}

test('a deadline that is over before the server could be asked is no verdict: it is asked once', async ({
  tidbPool,
}) => {
  const { alice, bob, end } = await accounts(tidbPool)
  const write = bob.send('update account set owner = 11 where id = 1')
  await expect(write).toBeBlockedBy(alice)
  const blocked = expect(expect(write).not.toBeBlocked({ within: '1ms' })).rejects.toThrow()
  // As on a machine that is busy with something else.
  for (const started = performance.now(); performance.now() - started < 20;);
  await blocked
  await alice.query('rollback')
  await write
  await end()
})

const statements: [what: string, sql: string][] = [
  ['a user variable', 'update account set owner = 0 where id = @mine'],
  ['connection_id()', 'update account set owner = 0 where id = connection_id() - @own'],
  ['a trailing semicolon', 'update account set owner = 0 where id = 1;'],
  ['a subquery', 'update account set owner = 0 where id in (select 1)'],
  ['a read of a view for update', 'select * from first_account for update'],
  ['several tables', 'update account a join account b on a.id = b.id set a.owner = 0 where b.id = 1'],
  ['an index', 'delete from account where owner = 10'],
]
test.for(statements)(
  'a wait is told by the server, and not read from the statement: %s',
  async ([, sql], { tidbPool }) => {
    const { alice, bob, carol, end } = await accounts(tidbPool)
    await bob.query('set @mine = 1, @own = connection_id() - 1')
    const write = bob.send(sql)
    await expect(write).toBeBlockedBy(alice)
    await expect(write).not.toBeBlockedBy(carol)
    await alice.query('rollback')
    await expect(write).toBeReleasedWithin('2s')
    await end()
  },
)

test('of several rows, one that somebody is about to insert is waited for', async ({ tidbPool }) => {
  const { alice, bob, carol, end } = await accounts(tidbPool)
  await carol.query('insert into account values (5, 50)')
  const write = bob.send('update account set owner = 0 where id in (3, 5)')
  await expect(write).toBeBlockedBy(carol)
  await expect(write).not.toBeBlockedBy(alice)
  await carol.query('rollback')
  await expect(write).toBeReleasedWithin('2s')
  await end()
})

test('who waits for two, one after the other, is told so', async ({ tidbPool }) => {
  const { alice, bob, carol, end } = await accounts(tidbPool)
  const write = bob.send('select * from account where id in (1, 2) for update')
  const first = await write.untilBlocked()
  const [holder, other] = first?.holders.includes(alice.connectionId ?? 0) ? [alice, carol] : [carol, alice]
  await expect(write).toBeBlockedBy(holder)
  await holder.query('rollback')
  await expect(write).toBeBlockedBy(other)
  await other.query('rollback')
  await write
  await end()
})

for (const begin of ['begin', undefined]) {
  test(`a foreign key has a delete wait for who inserts a child, ${begin ? 'in a transaction' : 'alone'}`, async ({
    tidb,
    tidbPool,
  }) => {
    await tidb.query('create table parent (id int primary key, v int)')
    await tidb.query('create table child (id int primary key, parent int, foreign key (parent) references parent (id))')
    await tidb.query('insert into parent values (1, 0), (2, 0)')
    const [alice, bob, carol] = await tidbPool.sessions('alice', 'bob', 'carol')
    await Promise.all([alice.query('begin'), carol.query('begin')])
    await alice.query('insert into child values (1, 1)')
    await carol.query('update parent set v = 1 where id = 2')
    if (begin) await bob.query(begin)
    const remove = bob.send('delete from parent where id = 1')
    await expect(remove).toBeBlockedBy(alice)
    await expect(remove).not.toBeBlockedBy(carol)
    await Promise.all([alice.query('rollback'), carol.query('rollback')])
    await remove
    await bob.query('rollback')
  })
}

test('a statement that stands behind another one of its session has no verdict', async ({ tidb, tidbPool }) => {
  await tidb.query('create table t (id int primary key)')
  await tidb.query('insert into t values (1)')
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await Promise.all([alice.query('begin'), bob.query('begin')])
  await alice.query('select * from t for update')
  const first = bob.send('select * from t for update')
  const second = bob.send('select 1')
  await expect(first).toBeBlockedBy(alice)
  await expect(expect(second).not.toBeBlocked({ within: '50ms' })).rejects.toEqual(UNKNOWN)
  await alice.query('rollback')
  await Promise.all([first, second])
  await bob.query('rollback')
})

test('a wait in GET_LOCK is not known, neither way', async ({ tidb, tidbPool }) => {
  const [bob] = await tidbPool.sessions('bob')
  await tidb.query("select get_lock('lock of this spec', 1)")
  const lock = bob.send("select get_lock('lock of this spec', 1) as got")
  await expect(expect(lock).not.toBeBlocked({ within: '50ms' })).rejects.toEqual(UNKNOWN)
  await tidb.query("do release_lock('lock of this spec')")
  await lock
})

test('waits are told whatever the time zone of the server', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const settings = { ...server.settings, database: 'test' }
  const [alice, bob] = ['alice', 'bob'].map((name) => tidbPool.session(name, settings)) as [Session, Session]
  await alice.query("set global time_zone = '-09:00'")
  await alice.query('create table t (id int primary key)')
  await alice.query('insert into t values (1), (2)')
  await Promise.all([alice.query('begin'), bob.query('begin')])
  await alice.query('select * from t where id = 1 for update')
  const free = bob.send('select * from t where id = 2 for update')
  await expect(free).not.toBeBlocked()
  await free
  const read = bob.send('select * from t where id = 1 for update')
  await expect(read).toBeBlockedBy(alice)
  await alice.query('rollback')
  await read
  await bob.query('rollback')
})
