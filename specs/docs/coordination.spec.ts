import { describe } from 'vitest'
import {
  defineConnection,
  expect,
  MultiConnectionStateMachine,
  test,
  type ConnectionOptions,
  type Coordinator,
} from 'vitest-tidb'

// run-named {
test('a reader waits for what a writer wrote', async ({ tidbPool, tidb }) => {
  await tidb.query('create table orders (id int primary key)')
  const outcome = await tidbPool.run({
    writer: async (session, coordinator) => {
      await session.query('insert into orders values (1), (2)')
      await coordinator.signal('written', 2)
    },
    reader: async (session, coordinator) => {
      const rows = await coordinator.waitFor<number>('written', { from: 'writer' })
      expect(await session.query('select * from orders')).toHaveLength(rows)
      return rows
    },
  })
  expect(outcome).toAllComplete()
  expect(outcome.value('reader')).toBe(2)
})
// }

// define-connection {
test('a reader may not write', async ({ tidbPool, tidb, database, requires }) => {
  await requires({ ours: true, because: 'makes a user' })
  await tidb.query("create user doc_reader identified by 'secret'")
  await tidb.query(`grant select on ${database}.* to doc_reader`)
  await tidb.query('create table orders (id int primary key)')
  const outcome = await tidbPool.run({
    reader: defineConnection({
      settings: { user: 'doc_reader', password: 'secret' },
      work: (session) => expect(session.query('insert into orders values (1)')).toFailWith(1142),
    }),
    checker: defineConnection({}),
  })
  expect(outcome.value('checker').GettingVersion.version).toBeAtLeast('8.5.0')
  await tidb.query('drop user doc_reader')
})
// }

// failure {
test('a run that settles says what failed, where, and why', async ({ tidbPool }) => {
  const outcome = await tidbPool.run(
    {
      good: (session) => session.gettingVersion(),
      lost: defineConnection({ settings: { database: 'no_such_database' } }),
    },
    { onFailure: 'settle' },
  )
  expect(outcome.status).toBe('failed')
  expect(outcome.failure).toMatchObject({ name: 'lost', state: 'VerifyingDatabase' })
  expect(outcome.of('good').status).toBe('completed')
})
// }

// machine {
async function proveTwice({ host, port, user, password }: ConnectionOptions) {
  const machine = new MultiConnectionStateMachine(
    { one: defineConnection({}), two: defineConnection({}) },
    { sources: { options: { host, port, user, password } }, concurrency: 2 },
  )
  return machine.run()
}
// }

test('a machine by itself', async ({ connectionOptions }) => {
  expect(await proveTwice(connectionOptions)).toAllComplete()
})

// barrier {
test('nobody begins before all are connected', async ({ tidbPool }) => {
  await tidbPool.run(10, async (session, coordinator) => {
    await session.connecting()
    const { parties, place, waitedMs } = await coordinator.barrier('connected', { within: '3s' })
    expect(parties).toHaveLength(10)
    expect(place).toBeLessThan(10)
    expect(waitedMs).toBeGreaterThanOrEqual(0)
  })
})
// }

// turn {
test('sessions write in the order of their numbers', async ({ tidbPool, tidb }) => {
  await tidb.query('create table log (at int primary key auto_increment, who int)')
  await tidbPool.run(3, (session, coordinator) =>
    coordinator.turn('write', () => session.query('insert into log (who) values (?)', [coordinator.index])),
  )
  const rows = await tidb.query<{ who: number }>('select who from log order by at')
  expect(rows.map(({ who }) => who)).toEqual([0, 1, 2])
})
// }

// messages {
test('one session hands out work, the others do it', async ({ tidbPool }) => {
  const outcome = await tidbPool.run({
    boss: async (_session, coordinator) => {
      for (const worker of ['ann', 'ben']) await coordinator.send(worker, { sql: 'select 1 + 1 as two' })
      const answers = [await coordinator.receive<number>(), await coordinator.receive<number>()]
      return answers.map(({ from, body }) => `${from}: ${body}`).toSorted()
    },
    ann: work,
    ben: work,
  })
  expect(outcome.value('boss')).toEqual(['ann: 2', 'ben: 2'])
})

async function work(session: { query(sql: string): Promise<object[]> }, coordinator: Coordinator) {
  const { from, body } = await coordinator.receive<{ sql: string }>()
  const [row] = await session.query(body.sql)
  await coordinator.send(from, Object.values(row ?? {})[0])
  return []
}
// }

// for {
test('sessions of the test itself meet as well', async ({ tidbPool }) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  const { coordinator } = tidbPool
  await Promise.all([
    (async () => {
      await alice.query('select 1')
      await coordinator.for(alice).signal('one')
    })(),
    (async () => {
      await coordinator.for(bob).waitFor('one', { from: 'alice' })
      await bob.query('select 2')
    })(),
  ])
})
// }

// own {
/** The first to come does the work; all get its result. */
async function once<T>(coordinator: Coordinator, name: string, work: () => Promise<T>): Promise<T> {
  const { place } = await coordinator.barrier(name)
  if (place === 0) await coordinator.signal(`${name} done`, await work())
  return coordinator.waitFor<T>(`${name} done`)
}

test('a table is made once, by whoever comes first', async ({ tidbPool }) => {
  const outcome = await tidbPool.run(5, async (session, coordinator) => {
    await once(coordinator, 'table', async () => {
      await session.query('create table t (id int)')
      return coordinator.name
    })
    return session.query('select * from t')
  })
  expect(outcome).toAllComplete()
})
// }

// state {
test('what the sessions saw is there after the run', async ({ tidbPool, database }) => {
  await tidbPool.run(3, async (session, coordinator) => {
    await session.checkingImportJobs()
    await coordinator.ready()
  })
  const { state } = tidbPool
  expect(state.status).toBe('completed')
  expect(state.connection('session-0')).toMatchObject({ status: 'completed', state: 'CheckingImportJobs' })
  expect(state.importJobs.filter(({ targetTable }) => targetTable.includes(`${database}`))).toEqual([])
  expect(state.events.filter(({ kind, name }) => kind === 'passed' && name === 'ready')).toHaveLength(3)
})
// }

// pool-options {
describe('two at a time, over connections that stay open', () => {
  test.override({ tidbPoolOptions: { concurrency: 2, onFailure: 'settle', within: '2s', warm: true } })

  test('a run keeps to that', async ({ tidbPool }) => {
    expect(tidbPool.concurrency).toBe(2)
    const outcome = await tidbPool.run(6, (session) => session.query('select 1 as one'))
    expect(outcome.values).toHaveLength(6)
  })
})
// }
