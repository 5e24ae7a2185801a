import { defineConnection, defineState, expect, MultiConnectionStateMachine, test, workflow } from 'vitest-tidb'
import { addImportJob, endImportJob, removeImportJobs } from '../../fixtures/import-jobs.ts'

// The second example of many connections: several users and hosts, that wait until all are ready, tell each other what
// happened, and act on an import job that another one saw.

test('several users of one server meet, and each sees what it may', async ({ tidb, tidbPool, requires }) => {
  await requires({ ours: true, because: 'makes users' })
  await tidb.query('create table orders (id int primary key, total decimal(10, 2))')
  const { database } = tidb
  await tidb.query("create user if not exists pool_reader identified by 'r', pool_writer identified by 'w'")
  await tidb.query(`grant select on ${database}.* to pool_reader`)
  await tidb.query(`grant all on ${database}.* to pool_writer`)
  const outcome = await tidbPool.run({
    writer: defineConnection({
      settings: { user: 'pool_writer', password: 'w' },
      async work(session, coordinator) {
        await session.gettingVersion()
        await coordinator.ready()
        const { affectedRows } = await session.query("insert into orders values (1, '9.90'), (2, '5.00')")
        await coordinator.signal('written', affectedRows)
        return affectedRows
      },
    }),
    reader: defineConnection({
      settings: { user: 'pool_reader', password: 'r' },
      async work(session, coordinator) {
        await session.gettingVersion()
        await coordinator.ready()
        const written = await coordinator.waitFor<number>('written', { from: 'writer' })
        await expect(session.query('delete from orders')).toFailWith(1142)
        const rows = await session.query<{ id: number; total: string }>('select * from orders order by id')
        return { written, rows: rows.length }
      },
    }),
  })
  expect(outcome).toAllComplete()
  expect(outcome.value('reader')).toEqual({ written: 2, rows: 2 })
  expect(outcome.value('writer')).toBe(2)
  await tidb.query('drop user pool_reader, pool_writer')
})

test('an import job that one connection sees is acted on by another', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const admin = tidbPool.session('admin', server.settings)
  await admin.query('create database shop')
  const id = await addImportJob(admin, { database: 'shop', table: 'orders', status: 'pending' })
  const outcome = await tidbPool.run(
    {
      watcher: async (session, coordinator) => {
        const { active } = await session.checkingImportJobs()
        await coordinator.signal(
          'active',
          active.map((job) => job.id),
        )
        await coordinator.waitFor('ended', { from: 'operator' })
        const [row] = await session.query<{ Status: string }>('show import job ?', [Number(id)])
        return row?.Status
      },
      operator: async (session, coordinator) => {
        const [job] = await coordinator.waitFor<string[]>('active', { from: 'watcher' })
        // On a server that can ingest this is: cancel import job …
        await endImportJob(session, job ?? '', 'cancelled')
        await coordinator.signal('ended')
        return job
      },
    },
    { settings: server.settings },
  )
  expect(outcome.value('watcher')).toBe('cancelled')
  expect(outcome.value('operator')).toBe(id)
  expect(tidbPool.state.importJobs.map((job) => job.id)).toEqual([id])
  expect(tidbPool.state.seenBy(id)).toEqual(['watcher'])
  await removeImportJobs(admin, 'shop')
})

test('connections to several hosts are proven side by side', async ({ startTiDB, tidbServer }) => {
  const server = await startTiDB()
  const { host, port, user, config } = tidbServer
  const counting = defineState({
    name: 'CountingDatabases',
    after: 'GettingVersion',
    async run({ connection }) {
      return (await connection.query('show databases')).length
    },
  })
  const machine = new MultiConnectionStateMachine(
    {
      first: defineConnection({ settings: { host, port, user, password: config.password.reveal() } }),
      second: defineConnection({ settings: server.settings, workflow: workflow.with(counting) }),
    },
    { sources: { env: {}, envFile: false } },
  )
  const outcome = await machine.run()
  expect(outcome).toAllComplete()
  expect(outcome.value('first').Connecting.port).toBe(port)
  expect(outcome.value('second').Connecting.port).toBe(server.port)
  expect(outcome.value('second').CountingDatabases).toBeGreaterThan(3)
  expect(machine.state.connections.map(({ name, status, state }) => [name, status, state])).toEqual([
    ['first', 'completed', 'Completed'],
    ['second', 'completed', 'Completed'],
  ])
})

test('a run that fails says which connection, in which state, and why', async ({ tidbPool }) => {
  const outcome = await tidbPool.run(
    {
      good: (session) => session.gettingVersion(),
      lost: defineConnection({ settings: { database: 'no_such_database' } }),
    },
    { onFailure: 'settle' },
  )
  expect(outcome.status).toBe('failed')
  expect(outcome.failure).toMatchObject({ name: 'lost', state: 'VerifyingDatabase', error: { errno: 1049 } })
  expect(outcome.of('good').status).toBe('completed')
  expect(tidbPool.state.connection('lost')).toMatchObject({ status: 'failed', state: 'Error' })
  expect(tidbPool.state.status).toBe('failed')
})

test('the failure of one ends the others, with the statements that they have sent', async ({ tidbPool, tidb }) => {
  await tidb.connecting()
  const others: unknown[] = []
  const run = tidbPool.run({
    failing: async (session, coordinator) => {
      await coordinator.ready()
      await tidb.query('select 1')
      await expect.poll(() => sleeping(tidb)).toBe(2)
      await session.query('select * from no_such_table')
    },
    sleeping: (session, coordinator) =>
      coordinator
        .ready()
        .then(() => session.query('select sleep(60) /* sleeper */'))
        .catch((error: unknown) => {
          others.push(error)
          throw error
        }),
    dozing: (session, coordinator) =>
      coordinator
        .ready()
        .then(() => session.query('select sleep(60) /* sleeper */'))
        .catch((error: unknown) => {
          others.push(error)
          throw error
        }),
  })
  await expect(run).toFailWith(1146)
  expect(others.map(String)).toEqual([
    expect.stringContaining('gave up select sleep(60)'),
    expect.stringContaining('gave up select sleep(60)'),
  ])
  expect(await sleeping(tidb)).toBe(0)
  expect(tidbPool.state.connections.filter(({ status }) => status === 'aborted')).toHaveLength(2)
})

test('a run is ended by its caller: those that have not begun never do', async ({ tidbPool, tidb }) => {
  await tidb.connecting()
  const controller = new AbortController()
  const run = tidbPool.run(10, (session) => session.query('select sleep(60) /* sleeper */'), {
    concurrency: 2,
    onFailure: 'settle',
    signal: controller.signal,
  })
  await expect.poll(() => sleeping(tidb)).toBe(2)
  expect(tidbPool.state.connection('session-0')?.status).toBe('running')
  expect(tidbPool.state.connection('session-9')?.status).toBe('pending')
  controller.abort(new Error('enough'))
  const outcome = await run
  expect(outcome.status).toBe('aborted')
  expect(outcome.aborted).toHaveLength(10)
  expect(String(outcome.aborted[9]?.error)).toContain('session-9 was never started: enough')
  expect(tidbPool.state.connection('session-9')?.status).toBe('aborted')
  expect(await sleeping(tidb)).toBe(0)
})

test('a run has a deadline, which names who is still at work', async ({ tidbPool }) => {
  const run = tidbPool.run(
    { quick: (session) => session.query('select 1'), slow: (session) => session.query('select sleep(60)') },
    { within: '300ms' },
  )
  await expect(run).rejects.toThrow('waited 300 ms for the end of a run; still at work: slow')
})

test('work that ignores the end of its run is not waited for', { timeout: 15_000 }, async ({ tidbPool }) => {
  const run = tidbPool.run({
    deaf: () => new Promise(() => undefined),
    failing: (session) => session.query('select * from no_such_table'),
  })
  await expect(run).toFailWith(1146)
})

test('no sessions are no run', async ({ tidbPool }) => {
  await expect(tidbPool.run({})).rejects.toThrow('a run needs at least one session')
  await expect(tidbPool.run(0, () => 1)).rejects.toThrow('count is 0')
  await expect(tidbPool.run(1.5, () => 1)).rejects.toThrow('count is 1.5')
  await expect(tidbPool.run(2, () => 1, { concurrency: 0 })).rejects.toThrow('concurrency is 0')
  await expect(tidbPool.sessions()).rejects.toThrow('sessions() opens none')
})

async function sleeping(session: { query(sql: string): Promise<unknown[]> }): Promise<number> {
  const rows = await session.query(
    "select id from information_schema.processlist where info like '%/* sleeper */' and id <> connection_id()",
  )
  return rows.length
}
