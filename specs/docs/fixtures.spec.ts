import { setTimeout as delay } from 'node:timers/promises'
import { createConnection } from 'mysql2/promise'
import { describe } from 'vitest'
import { expect, test } from 'vitest-tidb'

// tidb {
test('a session passes through the states before the one that is asked for', async ({ tidb }) => {
  await tidb.testingConnection()
  expect(tidb.state).toBe('TestingConnection')
  expect(tidb.history.map(({ state }) => state)).toEqual([
    'Initial',
    'ParsingConfig',
    'Connecting',
    'TestingConnection',
  ])
})
// }

// session {
test('a stranger is turned away', async ({ tidbPool }) => {
  const stranger = tidbPool.session('stranger', { user: 'no_such_user', password: 'wrong' })
  await expect(stranger).toFailIn('Connecting', { errno: 1045 })
})
// }

// run {
test('a hundred connections are a hundred connections', async ({ tidbPool }) => {
  const outcome = await tidbPool.run(100, async (session, { index }) => {
    const [row] = await session.query<{ id: number }>('select connection_id() as id')
    return { index, id: row?.id }
  })
  expect(new Set(outcome.values.map(({ id }) => id)).size).toBe(100)
})
// }

// settle {
test('failures are counted, not thrown', async ({ tidbPool }) => {
  const outcome = await tidbPool.run(
    10,
    async (session, { index }) => {
      await session.query(index === 3 ? 'select * from no_such_table' : 'select 1')
    },
    { concurrency: 2, onFailure: 'settle' },
  )
  expect(outcome.values).toHaveLength(9)
  expect(outcome.failed.map(({ name }) => name)).toEqual(['session-3'])
})
// }

// database {
test('each test has an empty database of its own', async ({ tidb, database }) => {
  const [row] = await tidb.query<{ name: string }>('select database() as name')
  expect(row?.name).toBe(database)
  expect(await tidb.query('show tables')).toEqual([])
})
// }

// connection-options {
test("the application's own driver reads what the session wrote", async ({ tidb, connectionOptions }) => {
  await tidb.query('create table t (id int)')
  await tidb.query('insert into t values (1)')
  const connection = await createConnection(connectionOptions)
  const [rows] = await connection.query('select id from t')
  await connection.end()
  expect(rows).toEqual([{ id: 1 }])
})
// }

// connection-uri {
test('what takes a URI gets one', async ({ connectionUri }) => {
  const connection = await createConnection(connectionUri)
  const [rows] = await connection.query('select 1 + 1 as two')
  await connection.end()
  expect(rows).toEqual([{ two: 2 }])
})
// }

// tidb-server {
test('a setting of the whole server is changed', async ({ tidb, requires }) => {
  await requires({ ours: true, because: 'changes a global variable' })
  await tidb.query('set global tidb_enable_noop_functions = on')
  await tidb.query('set global tidb_enable_noop_functions = off')
})
// }

// start-tidb {
test('a server that dies is noticed', { timeout: 30_000 }, async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB({ serverArgs: ['-token-limit', '10'] })
  const session = tidbPool.session('witness', { ...server.settings, retries: 0 })
  await session.testingConnection()
  await server.stop()
  await expect(session).toFailIn('GettingVersion', { code: 'PROTOCOL_CONNECTION_LOST' })
})
// }

// tidb-settings {
describe('with one connection at a time', () => {
  test.override({ tidbSettings: { concurrency: 1 } })

  test('sessions take turns', async ({ tidbPool }) => {
    let working = 0
    await tidbPool.run(3, async (session) => {
      working += 1
      await session.query('select 1')
      expect(working).toBe(1)
      working -= 1
    })
  })
})
// }

// within {
test('a statement that takes too long is cancelled in the server', async ({ tidb }) => {
  const slow = tidb.query('select sleep(10)', [], { within: '50ms' })
  await expect(slow).rejects.toThrow("waited 50 ms for tidb's statement: select sleep(10)")
})
// }

// signal {
test('a statement is given up by a signal', async ({ tidb }) => {
  const controller = new AbortController()
  const slow = expect(tidb.query('select sleep(10)', [], { signal: controller.signal })).rejects.toThrow('not needed')
  await delay(20)
  controller.abort(new Error('not needed'))
  await slow
})
// }

// results {
test('a result is an array with more to say', async ({ tidb }) => {
  await tidb.query('create table t (id int primary key auto_increment, name text)')
  const inserted = await tidb.query("insert into t (name) values ('a'), ('b')")
  expect(inserted.affectedRows).toBe(2)
  expect(inserted.insertId).toBe(1)
  const rows = await tidb.query<{ id: number; name: string }>('select * from t order by id')
  expect(rows.map(({ name }) => name)).toEqual(['a', 'b'])
})
// }

// statement-error {
test('a refused statement says what the server said', async ({ tidb }) => {
  await tidb.query('create table t (id int primary key)')
  await tidb.query('insert into t values (1)')
  await expect(tidb.query('insert into t values (1)')).rejects.toMatchObject({
    code: 'TIDB_STATEMENT_FAILED',
    errno: 1062,
    sqlState: '23000',
  })
})
// }
