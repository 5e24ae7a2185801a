import { expect, StatementError, test } from 'vitest-tidb'

test('each session has a connection and a workflow of its own', async ({ tidbPool, database }) => {
  const [alice, bob, carol] = await tidbPool.sessions('alice', 'bob', 'carol')
  const ids = await Promise.all(
    [alice, bob, carol].map(async (session) => {
      const [row] = await session.query<{ id: number; db: string }>('select connection_id() as id, database() as db')
      expect(row?.db).toBe(database)
      return row?.id
    }),
  )
  expect(new Set(ids).size).toBe(3)
  expect(alice.history.length).toBeGreaterThan(0)
})

test('what one session commits, another sees', async ({ tidbPool }) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await alice.query('create table account (id int primary key, balance int)')
  await alice.query('begin')
  const inserted = await alice.query('insert into account values (1, 10), (2, 20)')
  expect(inserted.affectedRows).toBe(2)
  expect(await bob.query('select * from account')).toEqual([])
  await alice.query('commit')
  expect(await bob.execute('select balance from account where id = ?', [2])).toEqual([{ balance: 20 }])
})

test(
  'a thousand sessions take a thousand connections through the workflow',
  { timeout: 180_000 },
  async ({ tidbPool }) => {
    // On two cores the last of a thousand greetings may take longer than the deadline of a dial.
    const settings = { connectTimeoutMs: 60_000 }
    const outcome = await tidbPool.run(
      1000,
      async (session, { index }) => {
        await session.completed()
        const [row] = await session.query<{ id: number }>('select connection_id() as id')
        return { index, id: row?.id }
      },
      { settings },
    )
    expect(outcome.failed).toEqual([])
    expect(outcome.values.map(({ index }) => index)).toEqual(Array.from({ length: 1000 }, (_, index) => index))
    expect(new Set(outcome.values.map(({ id }) => id)).size).toBe(1000)
  },
)

test('no more work at once than asked for', async ({ tidbPool }) => {
  let now = 0
  let most = 0
  await tidbPool.run(
    12,
    async (session) => {
      now += 1
      most = Math.max(most, now)
      await session.query('select 1')
      now -= 1
    },
    { concurrency: 3 },
  )
  expect(most).toBe(3)
})

test('the first failure ends a run, and is thrown', async ({ tidbPool }) => {
  let begun = 0
  const run = tidbPool.run(
    100,
    async (session, { index }) => {
      begun += 1
      await session.query(index === 3 ? 'select * from no_such_table' : 'select 1')
    },
    { concurrency: 1 },
  )
  await expect(run).rejects.toThrow(StatementError)
  expect(begun).toBe(4)
})

test('a run that settles gathers failures beside results', async ({ tidbPool }) => {
  const outcome = await tidbPool.run(
    4,
    async (session, { index }) => {
      await session.query(index % 2 === 0 ? 'select 1' : 'select * from no_such_table')
      return index
    },
    { onFailure: 'settle' },
  )
  expect(outcome.values).toEqual([0, 2])
  expect(outcome.failed.map(({ name, error }) => [name, (error as StatementError).errno])).toEqual([
    ['session-1', 1146],
    ['session-3', 1146],
  ])
})

test('two sessions of one name are refused', async ({ tidbPool }) => {
  await expect(tidbPool.sessions('alice', 'alice')).rejects.toThrow('two sessions are named "alice"')
})

test('a statement that is aborted ends in the server, and its session goes on', async ({ tidb }) => {
  const controller = new AbortController()
  const sleep = tidb.query('select sleep(60)', [], { signal: controller.signal })
  const refused = expect(sleep).rejects.toThrow('enough')
  await expect.poll(() => tidb.connection?.running).toBe(1)
  controller.abort(new Error('enough'))
  await refused
  expect(await tidb.query('select 1 as one')).toEqual([{ one: 1 }])
})

test('a statement that passes its deadline is cancelled by name', async ({ tidb }) => {
  await expect(tidb.query('select sleep(60)', [], { within: '50ms' })).rejects.toThrow('waited 50 ms for tidb')
  expect(await tidb.query('select 1 as one')).toEqual([{ one: 1 }])
})

test('big numbers keep their digits', async ({ tidb }) => {
  const [row] = await tidb.query('select 9007199254740993 as big, 42 as small')
  expect(row).toEqual({ big: '9007199254740993', small: 42 })
})

test("each test's database is empty", async ({ tidb }) => {
  expect(await tidb.query('show tables')).toEqual([])
})
