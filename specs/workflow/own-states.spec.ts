import { createTest, defineState, expect, test, workflow, WorkflowError } from 'vitest-tidb'

const countingNodes = defineState({
  name: 'CountingNodes',
  after: 'GettingVersion',
  local: () => ({ visits: 0 }),
  finding: ({ nodes }: { nodes: number; visits: number }) => `${nodes} nodes`,
  async run({ connection, local }) {
    local.visits += 1
    const [row] = await connection.query<{ nodes: number }>(
      'select count(*) as nodes from information_schema.cluster_info',
    )
    return { nodes: row?.nodes ?? 0, visits: local.visits }
  },
})

const withNodes = createTest(workflow.with(countingNodes))

withNodes('a state of its own is a step, between the others', async ({ tidb }) => {
  const { nodes, visits } = await tidb.countingNodes()
  expect(nodes).toBeGreaterThanOrEqual(1)
  expect(visits).toBe(1)
  await tidb.completed()
  const names = tidb.history.map(({ state }) => state)
  expect(names.slice(names.indexOf('GettingVersion'))).toEqual([
    'GettingVersion',
    'CountingNodes',
    'CheckingImportJobs',
    'ShowingImportJobDetails',
    'Completed',
  ])
  expect(tidb.history.find(({ state }) => state === 'CountingNodes')?.finding).toBe(`${nodes} nodes`)
})

const strict = createTest(
  workflow.replace('GettingVersion', {
    needs: ['Connecting'],
    async run({ connection }) {
      const [row] = await connection.query<{ version: string }>('select version() as version')
      return { text: row?.version ?? '' }
    },
  }),
)

strict('a built-in state is replaced, and its step follows', async ({ tidb }) => {
  expect((await tidb.gettingVersion()).text).toContain('TiDB')
})

const short = createTest(workflow.upTo('TestingConnection'))

short('a shorter workflow ends sooner', async ({ tidb }) => {
  await tidb.completed()
  expect(tidb.history.map(({ state }) => state)).toEqual([
    'Initial',
    'ParsingConfig',
    'Connecting',
    'TestingConnection',
    'Completed',
  ])
})

const failing = createTest(
  workflow.with(
    defineState({
      name: 'RefusingAll',
      after: 'TestingConnection',
      run() {
        throw new Error('not today')
      },
    }),
  ),
)

failing('a state that fails, fails every later step with the same error', async ({ tidb }) => {
  await expect(tidb).toFailIn('RefusingAll', { message: 'not today' })
  const first: unknown = await tidb.gettingVersion().catch((error: unknown) => error)
  const second: unknown = await tidb.completed().catch((error: unknown) => error)
  expect(first).toBe(tidb.error)
  expect(second).toBe(first)
  expect(tidb.state).toBe('Error')
  expect(tidb.history.at(-1)).toMatchObject({ state: 'RefusingAll', outcome: 'failed', attempts: 1 })
  // What was passed before still returns what it found.
  expect((await tidb.testingConnection()).connectionId).toBe(tidb.connectionId)
})

const stumbling = createTest(
  workflow.with(
    defineState({
      name: 'LockingARow',
      after: 'VerifyingDatabase',
      async run({ connection, attempt }) {
        // A lock wait timeout is transient: the same statement may succeed once the lock is gone.
        await connection.query('set innodb_lock_wait_timeout = 1')
        await connection.query('begin')
        await connection.query('update account set balance = 2 where id = 1')
        await connection.query('commit')
        return { attempt }
      },
    }),
  ),
)

stumbling('a transient failure is tried again, and the history counts it', async ({ tidb, tidbPool }) => {
  const owner = tidbPool.session('owner')
  await owner.query('create table account (id int primary key, balance int)')
  await owner.query('insert into account values (1, 1)')
  await owner.query('begin')
  await owner.query('update account set balance = 3 where id = 1')
  const locking = tidb.lockingARow()
  await expect.poll(() => tidb.statements.filter(({ error }) => error === '1205').length, { timeout: 4_000 }).toBe(1)
  await owner.query('commit')
  expect(await locking).toEqual({ attempt: 2 })
  expect(tidb.history.at(-1)).toMatchObject({ state: 'LockingARow', outcome: 'completed', attempts: 2 })
})

test('a workflow whose states need what is not there is refused', () => {
  expect(() => workflow.without('Connecting')).toThrow(WorkflowError)
  expect(() => workflow.without('Connecting')).toThrow('TestingConnection needs Connecting')
  expect(() => workflow.with(countingNodes).with(countingNodes)).toThrow('two states called CountingNodes')
  expect(() => workflow.with(defineState({ name: 'Lost', after: 'NoSuchState', run: () => 1 }))).toThrow(
    'no state "NoSuchState"',
  )
})

const jumping = createTest(
  workflow.with(
    defineState({ name: 'Skipping', after: 'VerifyingDatabase', run: () => true, next: () => 'Completed' }),
  ),
)

jumping('a state may lead past others, which are then never entered', async ({ tidb }) => {
  await tidb.completed()
  expect(tidb.history.map(({ state }) => state)).not.toContain('GettingVersion')
  await expect(tidb.gettingVersion()).rejects.toThrow('GettingVersion was not entered')
})

const illegal = createTest(
  workflow.with(defineState({ name: 'GoingBack', after: 'GettingVersion', run: () => true, next: () => 'Connecting' })),
)

illegal('a state may not lead back', async ({ tidb }) => {
  await tidb.goingBack()
  await expect(tidb.completed()).rejects.toThrow('illegal transition: GoingBack leads to Connecting')
})

const slow = createTest(
  workflow.with(
    defineState({
      name: 'Sleeping',
      after: 'VerifyingDatabase',
      within: '100ms',
      run: ({ connection }) => connection.query('select sleep(60) /* past its deadline */'),
    }),
  ),
)

slow('a state that passes its deadline fails by name, and its statement ends', async ({ tidb, tidbPool }) => {
  await expect(tidb).toFailIn('Sleeping', { message: 'waited 100 ms for the end of Sleeping' })
  const other = tidbPool.session('other')
  await expect
    .poll(
      () =>
        other.query('select id from information_schema.processlist where info like ?', [
          'select sleep(60) /* past its deadline%',
        ]),
      {
        timeout: 4_000,
      },
    )
    .toEqual([])
})
