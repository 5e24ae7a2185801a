import { createServer, connect } from 'node:net'
import { once } from 'node:events'
import { expect, test, type Session } from 'vitest-tidb'
import { LockWaits } from '../../src/connection/lock-waits.ts'
import { closedPort } from '../../fixtures/closed-port.ts'
import { stallingServer } from '../../fixtures/stalling-server.ts'

const UNKNOWN = expect.objectContaining({ code: 'TIDB_LOCK_ACCOUNT' }) as unknown

test('a server that does not answer who waits is given up at the deadline, and asked again over a new connection', async ({
  tidb,
  tidbPool,
  tidbServer,
}) => {
  await using server = await stallingServer(tidbServer)
  const { host, port } = server
  await tidb.query('create table t (id int primary key)')
  await tidb.query('insert into t values (1)')
  const [alice, bob] = ['alice', 'bob'].map((name) => tidbPool.session(name, { host, port })) as [Session, Session]
  await Promise.all([alice.query('begin'), bob.query('begin')])
  await alice.query('select * from t for update')
  const write = bob.send('select * from t for update')
  server.swallows = /tidb_trx/
  const started = performance.now()
  await Promise.all([
    expect(expect(write).toBeBlocked({ within: '1s' })).rejects.toEqual(UNKNOWN),
    expect(expect(write).not.toBeBlockedBy(alice, { within: '100ms' })).rejects.toEqual(UNKNOWN),
  ])
  expect(performance.now() - started).toBeLessThan(2_000)
  server.swallows = undefined
  await expect(write).toBeBlockedBy(alice)
  await alice.query('rollback')
  await write
  await bob.query('rollback')
})

test('a dial that failed is not kept', async ({ tidb, tidbServer }) => {
  await tidb.testingConnection()
  const port = await closedPort()
  const address = { ...tidbServer.config, host: '127.0.0.1', port }
  await using waits = LockWaits.at(address)
  const statement = { connectionId: tidb.connectionId ?? 0, sql: 'select 1' }
  await expect(waits.of(statement, 2_000)).rejects.toEqual(UNKNOWN)
  const relay = createServer((client) => {
    client.pipe(connect(tidbServer.port, tidbServer.host)).pipe(client)
  }).listen(port, '127.0.0.1')
  await once(relay, 'listening')
  await expect(waits.of(statement, 5_000)).resolves.toBeUndefined()
  relay.close()
})

test('a user who may not see who waits gets no verdict, before the end of the statement or after', async ({
  tidb,
  tidbPool,
  tidbServer,
}) => {
  // By another address than the run's, its own user is asked.
  await using server = await stallingServer(tidbServer)
  await tidb.testingConnection()
  const user = `blind_${tidb.connectionId}`
  await tidb.query(`create user ${user}`)
  await tidb.query(`grant all on \`${tidb.database}\`.* to ${user}`)
  await tidb.query('create table t (id int primary key)')
  await tidb.query('insert into t values (1)')
  const settings = { host: server.host, port: server.port, user, password: '' }
  const bob = tidbPool.session('bob', settings)
  await Promise.all([tidb.query('begin'), bob.query('begin')])
  await tidb.query('select * from t for update')
  const write = bob.send('select * from t for update')
  await expect(expect(write).not.toBeBlocked({ within: '100ms' })).rejects.toThrow(
    /can't be known: .* lacks the privilege PROCESS/,
  )
  let asked = 0
  server.swallows = {
    test(text) {
      if (/tidb_trx/i.test(text)) asked += 1
      return false
    },
  }
  const late = expect(expect(write).not.toBeBlocked()).rejects.toEqual(UNKNOWN)
  // Asked again, it had an answer.
  await expect.poll(() => asked, { interval: 5 }).toBeGreaterThan(1)
  await tidb.query('rollback')
  await late
  await write
  await bob.query('rollback')
  await tidb.query('begin')
  await tidb.query('select * from t')
  const change = bob.send('alter table t add column v int')
  await expect(expect(change).not.toBeBlocked({ within: '100ms' })).rejects.toThrow(/may not read the DDL jobs/)
  await tidb.query('commit')
  await change
  await tidb.query(`drop user ${user}`)
})
