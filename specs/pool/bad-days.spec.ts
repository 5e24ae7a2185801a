import { describe } from 'vitest'
import {
  expect,
  StateError,
  StatementError,
  test,
  type ConnectionStatus,
  type CoordinationError,
  type OwnServer,
  type Session,
} from 'vitest-tidb'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { serverEnv } from '../../fixtures/server-env.ts'

const ONE_ROW = 'insert into t values (1, 0)'

test('a session that dies at the barrier releases the others, with that cause', async ({ tidbPool, tidb }) => {
  await tidb.connecting()
  const outcome = await tidbPool.run(
    {
      alice: async (session, coordinator) => {
        await session.connecting()
        await coordinator.barrier('x', { within: '1h' })
      },
      bob: async (session, coordinator) => {
        await session.query('select 1')
        await coordinator.barrier('x', { within: '1h' })
      },
      killer: async (session, coordinator) => {
        await session.connecting()
        await expect.poll(() => arrivals(tidbPool.state.events)).toBe(2)
        await session.query(`kill tidb ${tidbPool.state.connection('bob')?.connectionId}`)
        await expect.poll(() => tidbPool.coordinator.failureOf('bob')).toBeDefined()
        await coordinator.barrier('x', { within: '1h' })
      },
    },
    { onFailure: 'settle' },
  )
  const bob = outcome.of('bob')
  expect(bob).toMatchObject({ status: 'failed', error: { answer: { code: 'PROTOCOL_CONNECTION_LOST' } } })
  for (const name of ['alice', 'killer'] as const) {
    const { error } = outcome.of(name) as { error: CoordinationError }
    expect(error.message).toMatch(
      /^barrier "x" can't be filled: bob \(failed: connection lost between two statements \(bob at /,
    )
    expect(error.cause).toBe(bob.status === 'failed' && bob.error)
  }
  expect(outcome.failure?.name).toBe('bob')
})

/** How many connections are in, or were turned away. */
function decided(connections: readonly ConnectionStatus[]): number {
  return connections.filter(({ status, connectionId }) => status === 'failed' || connectionId !== undefined).length
}

function arrivals(events: readonly { kind: string }[]): number {
  return events.filter(({ kind }) => kind === 'arrived').length
}

test(
  'a server that is killed under a hundred sessions fails each by name',
  { timeout: 180_000 },
  async ({ startTiDB, tidbPool }) => {
    const server = await startTiDB()
    const run = tidbPool.run(
      100,
      async (session, coordinator) => {
        await session.query('select 1')
        await coordinator.ready({ within: '10s' })
        if (coordinator.index === 0) await server.stop()
        for (;;) await session.query('select 1')
      },
      { settings: { ...server.settings, retries: 0 }, onFailure: 'settle', concurrency: 100 },
    )
    const outcome = await run
    expect(outcome.failed).toHaveLength(100)
    for (const { name, error } of outcome.failed) {
      expect(error).toBeInstanceOf(StatementError)
      expect((error as StatementError).message).toContain(`(${name} at `)
      expect((error as StatementError).answer?.code).toBe('PROTOCOL_CONNECTION_LOST')
    }
  },
)

test(
  'too many connections: the run says so, in Connecting, and what to do',
  { timeout: 180_000 },
  async ({ startTiDB, tidbPool }) => {
    const server = await startTiDB()
    const admin = tidbPool.session('admin', server.settings)
    await admin.query('set global max_connections = 5')
    const outcome = await tidbPool.run(
      12,
      async (session) => {
        await session.connecting()
        // Those that are in stay until the server has turned the others away.
        await expect.poll(() => decided(tidbPool.state.connections)).toBe(13)
      },
      { settings: { ...server.settings, retries: 0 }, concurrency: 12, onFailure: 'settle' },
    )
    // One of the five is the admin's; those that come at one moment may get in one too many, as the server counts.
    expect(outcome.values.length).toBeLessThanOrEqual(5)
    expect(outcome.failed).toHaveLength(12 - outcome.values.length)
    const [first] = outcome.failed
    expect(first?.error).toBeInstanceOf(StateError)
    expect(outcome.failure).toMatchObject({ state: 'Connecting', error: { errno: 1040 } })
    expect(first?.error).toMatchObject({ message: expect.stringContaining('raise max_connections on the server') })
  },
)

describe('a connection lost in the middle of COMMIT: nobody knows its outcome, and it is not sent again', () => {
  const ends = {
    'the server is killed': (server: OwnServer) => server.stop(),
    'the connection is killed': async (_server: OwnServer, admin: Session, id: number | undefined) => {
      const states = () => admin.query('select state from information_schema.tidb_trx where session_id = ?', [id])
      await expect.poll(states, { interval: 2 }).toEqual([{ state: 'Committing' }])
      await admin.query(`kill tidb ${id}`)
    },
  }

  test.for(Object.entries(ends))('%s', { timeout: 180_000 }, async ([, end], { startTiDB, tidbPool }) => {
    const server = await startTiDB()
    const admin = tidbPool.session('admin', server.settings)
    await admin.query('create database shop')
    const alice = tidbPool.session('alice', { ...server.settings, database: 'shop', retries: 3 })
    await alice.query('create table t (id int primary key auto_increment, v varchar(200))')
    await alice.query("insert into t (v) values (repeat('x', 200))")
    for (let doubled = 0; doubled < 16; doubled += 1) await alice.query('insert into t (v) select v from t')
    await alice.query('begin')
    await alice.query("update t set v = repeat('y', 200)", [], { within: '30s' })
    const commit = alice.send('commit')
    await end(server, admin, alice.connectionId)
    const error = await commit.then(
      () => expect.fail('the commit was answered before the connection was gone'),
      (reason: unknown) => reason as StatementError,
    )
    expect(error).toBeInstanceOf(StatementError)
    expect(error.outcomeUnknown).toBe(true)
    expect(error.message).toContain('try: its outcome is unknown: the server may or may not have executed it.')
    expect(alice.statements.filter(({ sql }) => sql === 'commit')).toHaveLength(1)
  })
})

test('a read whose connection is lost leaves no doubt', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const alice = tidbPool.session('alice', server.settings)
  await alice.query('select 1')
  const read = alice.send('select sleep(60)')
  await expect.poll(() => alice.connection?.running).toBe(1)
  await server.stop()
  await expect(read.catch((error: unknown) => (error as StatementError).outcomeUnknown)).resolves.toBe(false)
})

test('two sessions of one name are refused, until the first is closed', async ({ tidbPool }) => {
  const [alice] = await tidbPool.sessions('alice')
  await alice.query('select 1')
  expect(() => tidbPool.session('alice')).toThrow('two sessions are named "alice"')
  await expect(tidbPool.sessions('bob', 'bob')).rejects.toThrow('two sessions are named "bob"')
  let begun = 0
  const run = tidbPool.run({ carol: () => (begun += 1), alice: () => (begun += 1) })
  await expect(run).rejects.toThrow('two sessions are named "alice"')
  expect(begun).toBe(0)
  await alice.close()
  await tidbPool.session('alice').query('select 1')
})

test('a statement that is expected to wait and does not, and the reverse', async ({ tidbPool }) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  await alice.query('create table t (id int primary key, v int)')
  const free = alice.send(ONE_ROW)
  await expect(expect(free).toBeBlocked()).rejects.toThrow(
    /expected alice's statement .* to be blocked, but it completed/,
  )
  await free
  await alice.query('begin')
  await alice.query('update t set v = 1')
  const held = bob.send('update t set v = 2')
  await expect(expect(held).not.toBeBlocked()).rejects.toThrow(
    new RegExp(`not to be blocked, but it waits for connection ${alice.connectionId}`),
  )
  await expect(expect(held).toBeBlockedBy(bob)).rejects.toThrow(`and bob is connection ${bob.connectionId}`)
  await expect(expect(held).toBeReleasedWithin('50ms')).rejects.toThrow('but it is still under way')
  await alice.query('rollback')
  await held
})

test('a step that should wait and does not is a readable difference, by order', async ({ tidbPool }) => {
  const all = await tidbPool.permutations({
    once: ['create table t (id int primary key, v int)'],
    setup: ['delete from t', ONE_ROW, 'insert into t values (2, 0)'],
    sessions: {
      alice: { setup: ['begin'], steps: { a1: 'update t set v = 1 where id = 1', a2: 'commit' } },
      bob: { setup: ['begin'], steps: { b1: 'update t set v = 1 where id = 2', b2: 'commit' } },
    },
    expected: { 'a1 b1 a2 b2': { b1: 'blocked until a2, then 1 row' }, '*': { b1: '1 row' } },
  })
  const judge = () => expect(all).toMatchExpected()
  expect(judge).toThrow('but 1 did not (6 orders were run, 0 of them not possible, 6 compared): a1 b1 a2 b2')
  try {
    judge()
  } catch (error) {
    expect(error).toMatchObject({
      actual: { 'a1 b1 a2 b2': { b1: '1 row' } },
      expected: { 'a1 b1 a2 b2': { b1: 'blocked until a2, then 1 row' } },
    })
  }
})

test('a step that neither ends nor waits for a lock is named', async ({ tidbPool }) => {
  const plan = { sessions: { alice: { steps: { nap: 'select sleep(60)' } } } }
  await expect(tidbPool.interleave(plan, ['nap'], { within: '100ms' })).rejects.toThrow(
    'waited 100 ms for step nap to end or to wait for a lock: select sleep(60)',
  )
})

test('what must fail a test does: a listener that throws, a barrier nobody awaits', { timeout: 180_000 }, async () => {
  const { status, output } = await runVitest('meeting', { env: serverEnv() })
  expect(status).toBe(1)
  for (const reason of [
    'CoordinationError: a listener of bob failed: cannot read this',
    'LeftOpenError: alice.barrier("x") was not awaited',
    'waited 2 s for barrier "written": 2 of 3 arrived (alice, bob); missing: carol (in Connecting, sent: insert',
    'LeftOpenError: bob.send("select 1") was not awaited',
  ]) {
    expect(output).toContain(reason)
  }
  expect(output).toMatch(/time line:\n.*alice +bob +carol/)
  expect(output).toMatch(/┌ blocked: update account/)
  expect(output).toMatch(/Tests {2}4 failed \| 1 passed/)
})
