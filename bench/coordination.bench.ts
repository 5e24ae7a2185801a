import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createConnection, type Connection } from 'mysql2/promise'
import { expect, test, type TiDBPool } from 'vitest-tidb'
import { ConnectionCoordinator } from '../src/coordination/connection-coordinator.ts'
import { pairs, quantile, report, row } from './paired.ts'

const LIMIT = 1.02
const MEMORY_LIMIT_KIB = 64
const BLOCKED_LIMIT_MS = 10
const PERMUTATIONS_LIMIT_MS = 1_000

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

type Query = (sql: string) => Promise<unknown>

/** Ten statements that an application might send, each session on a row of its own. */
async function tenStatements(query: Query, id: number): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    await query('begin')
    await query(`insert into orders values (${id}, 1) on duplicate key update total = total + 1`)
    await query(`select total from orders where id = ${id}`)
    await query(`update orders set total = total + 1 where id = ${id}`)
    await query('commit')
  }
}

async function coordinated(tidbPool: TiDBPool, sessions: number): Promise<void> {
  await tidbPool.run(
    sessions,
    async (session, coordinator) => {
      await session.connecting()
      await coordinator.barrier('begin', { within: '1m' })
      await tenStatements((sql) => session.query(sql), coordinator.index)
      await coordinator.barrier('end', { within: '1m' })
    },
    { concurrency: sessions },
  )
}

test.for([
  { sessions: 1, rounds: 500 },
  { sessions: 10, rounds: 60 },
  { sessions: 100, rounds: 21 },
  { sessions: 1000, rounds: 11 },
])(
  'ten statements and two barriers in each of $sessions sessions',
  { timeout: 600_000 },
  async ({ sessions, rounds }, { tidb, tidbPool, connectionOptions }) => {
    await tidb.query('create table orders (id int primary key, total int)')
    const bare = async () => {
      await Promise.all(
        Array.from({ length: sessions }, async (_, index) => {
          const connection = await createConnection({ ...connectionOptions, supportBigNumbers: true })
          await tenStatements((sql) => connection.query(sql), index)
          await connection.end()
        }),
      )
    }
    const result = await pairs(() => coordinated(tidbPool, sessions), bare, { rounds, warmup: 3 })
    report(`ten statements, two barriers, ${sessions} sessions`, 'mysql2 without barriers', result, `≤ ${LIMIT}`)
    expect(result.ratio).toBeLessThanOrEqual(LIMIT)
  },
)

test('memory of a thousand sessions', { timeout: 300_000 }, async ({ tidb, tidbPool, connectionOptions }) => {
  const sessions = 1000
  await tidb.query('create table orders (id int primary key, total int)')
  const driver = async () => {
    const connections: Connection[] = []
    const before = await used()
    await Promise.all(
      Array.from({ length: sessions }, async (_, index) => {
        // As many prepared statements as sessions have room for: with its own 16,000, a connection takes 500 KiB.
        const room = { supportBigNumbers: true, maxPreparedStatements: 256 }
        const connection = await createConnection({ ...connectionOptions, ...room })
        connections.push(connection)
        await tenStatements((sql) => connection.query(sql), index)
      }),
    )
    const after = await used()
    await Promise.all(connections.map((connection) => connection.end()))
    return after - before
  }
  const ours = async (name: string) => {
    const before = await used()
    let after = before
    await tidbPool.run(
      sessions,
      async (session, coordinator) => {
        await tenStatements((sql) => session.query(sql), coordinator.index)
        const { place } = await coordinator.barrier('all', { within: '1m' })
        if (place === 0) after = await used()
        await coordinator.barrier('measured', { within: '1m' })
      },
      { concurrency: sessions, name },
    )
    return after - before
  }
  // The first of each also grows what stays, such as the driver's own caches.
  await driver()
  await ours('first')
  const [a, b] = [(await ours('second')) / sessions / 1024, (await driver()) / sessions / 1024]
  const limit = `+${MEMORY_LIMIT_KIB} KiB`
  row([
    'memory of a session',
    `${a.toFixed(1)} KiB`,
    'a connection of mysql2',
    `${b.toFixed(1)} KiB`,
    difference(a - b, 'KiB'),
    '',
    limit,
    `${sessions} open`,
  ])
  expect(a - b).toBeLessThanOrEqual(MEMORY_LIMIT_KIB)
})

/** Memory in use once it no longer falls, in bytes: what was closed lets go a moment later. */
async function used(): Promise<number> {
  for (let least = Infinity; ;) {
    await new Promise(setImmediate)
    gc()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    const now = heapUsed + arrayBuffers
    if (now > least * 0.999) return now
    least = now
  }
}

test('a barrier of a thousand parties', () => {
  const parties = 1000
  const rounds = 50
  return measureBarrier(parties, rounds).then((times) => {
    row([
      `barrier of ${parties} parties in process, last arrival to each passage`,
      '',
      '',
      '',
      `p50 ${quantile(times, 0.5).toFixed(2)} ms`,
      `p99 ${quantile(times, 0.99).toFixed(2)} ms`,
      '',
      `${rounds} barriers`,
    ])
    expect(times).toHaveLength(parties * rounds)
  })
})

async function measureBarrier(count: number, rounds: number): Promise<number[]> {
  const coordinator = new ConnectionCoordinator({ within: '1m' })
  const parties = Array.from({ length: count }, (_, index) => coordinator.join(`party-${index}`))
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    let last = 0
    const [final, ...others] = parties
    const passages = others.map((party) => party.barrier('x').then(() => times.push(performance.now() - last)))
    last = performance.now()
    await final?.barrier('x').then(() => times.push(performance.now() - last))
    await Promise.all(passages)
  }
  return times
}

test('a blocked statement is recognised', { timeout: 120_000 }, async ({ tidb, tidbPool }) => {
  const rounds = 300
  await tidb.query('create table orders (id int primary key, total int)')
  await tidb.query('insert into orders values (1, 1)')
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    await alice.query('begin')
    await alice.query('update orders set total = 2')
    await bob.query('begin')
    const sent = performance.now()
    const write = bob.send('update orders set total = 3')
    await expect(write).toBeBlocked()
    times.push(performance.now() - sent)
    await alice.query('rollback')
    await write
    await bob.query('rollback')
  }
  const p99 = quantile(times, 0.99)
  row([
    'toBeBlocked, from sending to recognised',
    '',
    '',
    '',
    `p50 ${quantile(times, 0.5).toFixed(2)} ms`,
    `p99 ${p99.toFixed(2)} ms`,
    `p99 < ${BLOCKED_LIMIT_MS} ms`,
    `${rounds} waits`,
  ])
  expect(p99).toBeLessThan(BLOCKED_LIMIT_MS)
})

test('all permutations of two sessions of four steps', { timeout: 120_000 }, async ({ tidbPool }) => {
  const steps = (name: string) => ({
    [`${name}1`]: 'begin',
    [`${name}2`]: 'select total from orders where id = 1',
    [`${name}3`]: 'update orders set total = total + 1 where id = 1',
    [`${name}4`]: 'commit',
  })
  const plan = {
    once: ['create table if not exists orders (id int primary key, total int)'],
    setup: ['replace into orders values (1, 0)'],
    sessions: { alice: { steps: steps('a') }, bob: { steps: steps('b') } },
    final: 'select total from orders',
  }
  const times: number[] = []
  for (let round = 0; round < 7; round += 1) {
    const started = performance.now()
    const all = await tidbPool.permutations(plan)
    times.push(performance.now() - started)
    expect(all.count).toBe(70)
  }
  const median = quantile(times, 0.5)
  row([
    '70 permutations of 2 sessions × 4 steps',
    `${median.toFixed(0)} ms`,
    '',
    '',
    '',
    '',
    `< ${PERMUTATIONS_LIMIT_MS} ms`,
    `${times.length} rounds`,
  ])
  expect(median).toBeLessThan(PERMUTATIONS_LIMIT_MS)
})

function difference(value: number, unit: string): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(1)} ${unit}`
}
