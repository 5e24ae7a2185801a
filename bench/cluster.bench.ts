import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { expect, LockAccountError, test, type BuiltInResults, type Session } from 'vitest-tidb'
import { loadConfig } from '../src/config/config.ts'
import { startBinary } from '../src/server/binary.ts'
import { Cluster, type ClusterOptions } from '../src/server/cluster/cluster.ts'
import { pairs, quantile, report, row } from './paired.ts'

const EMPTY_LIMIT = 0.2
const ADDED_LIMIT = 0.5
const WORKFLOW_LIMIT = 1
const SINGLE_LIMIT_MS = 10
const BETWEEN_LIMIT_MS = 20

const { config } = loadConfig()

async function started(options: ClusterOptions): Promise<number> {
  const began = performance.now()
  await using cluster = await Cluster.start(config, options)
  const took = performance.now() - began
  expect(cluster.nodes.every(({ state }) => state === 'running')).toBe(true)
  return took
}

test('a cluster of two from its template', { timeout: 600_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-bench-'))
  try {
    // With a configuration of its own, a cluster starts on empty folders.
    const empty = join(folder, 'empty.toml')
    writeFileSync(empty, '')
    const result = await pairs(
      () => started({ nodes: 2 }),
      () => started({ nodes: 2, config: empty }),
      { rounds: 9, warmup: 1 },
    )
    report('cluster of two from its template', 'the same on empty folders', result, `≤ ${EMPTY_LIMIT}`)
    await using cluster = await Cluster.start(config, { nodes: 2 })
    const parts = cluster.members.map(({ name, startedInMs }) => `${name} ${startedInMs.toFixed(0)} ms`)
    const single = await pairs(
      () => started({ nodes: 2 }),
      async () => {
        const began = performance.now()
        const server = await startBinary(config, {})
        const took = performance.now() - began
        await server.stop()
        return took
      },
      { rounds: 9, warmup: 1 },
    )
    report('cluster of two from its template', 'a local server from its template', single, parts.join(', '))
    expect(result.ratio).toBeLessThanOrEqual(EMPTY_LIMIT)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a third node', { timeout: 300_000 }, async () => {
  await using cluster = await Cluster.start(config, { nodes: 2 })
  const added = async () => {
    const began = performance.now()
    const node = await cluster.addNode()
    const took = performance.now() - began
    await cluster.removeNode(node)
    return took
  }
  const result = await pairs(added, () => started({ nodes: 3 }), { rounds: 9, warmup: 1 })
  report('a third node, added', 'a cluster of three from its template', result, `≤ ${ADDED_LIMIT}`)
  expect(result.ratio).toBeLessThanOrEqual(ADDED_LIMIT)
})

test('the workflow of 100 sessions over two nodes', { timeout: 300_000 }, async ({ cluster, tidbPool }) => {
  const ours = async () => {
    await Promise.all(
      [0, 1].map((node) =>
        tidbPool.run(50, (session) => session.completed(), {
          concurrency: 50,
          name: `node${node}`,
          settings: { node: cluster.nodes[node] },
        }),
      ),
    )
  }
  const bare = async () => {
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const { host = '', port = 0 } = cluster.nodes[index % 2] ?? {}
        const address = { host, port, user: 'root', database: 'test', supportBigNumbers: true }
        const connection = await createConnection(address)
        await connection.query('select ? as token, connection_id() as id', [`${process.pid}-${index}`])
        await connection.query('select database() as name')
        await connection.query('select version() as version, @@version_comment as comment')
        await connection.query('select tidb_version() as report')
        await connection.query({ sql: 'show import jobs', dateStrings: true })
        await connection.end()
      }),
    )
  }
  const result = await pairs(ours, bare, { rounds: 21, warmup: 3 })
  report('workflow, 100 sessions over two nodes', 'the same statements through mysql2', result, `≤ ${WORKFLOW_LIMIT}`)
  expect(result.ratio).toBeLessThanOrEqual(WORKFLOW_LIMIT)
})

const ROUNDS = 1_000
const ROUNDS_BESIDE = 200
const BUSY_ROWS = 16_000

interface Parties {
  readonly alice: Session<BuiltInResults>
  readonly bob: Session<BuiltInResults>
  readonly busy: Session<BuiltInResults>
}

async function prepare({ alice }: Parties): Promise<void> {
  await alice.query('create table held (id int primary key, n int)')
  await alice.query('insert into held values (1, 0)')
  await alice.query('create table many (id int primary key auto_increment, n int)')
  await alice.query('insert into many (n) values (0)')
  for (let rows = 1; rows < BUSY_ROWS; rows *= 2) {
    await alice.query(`insert into many (n) select n from many limit ${BUSY_ROWS - rows}`)
  }
}

/** How long it takes until a wait is recognised, in ms, so many times. */
async function waits({ alice, bob }: Parties, rounds: number): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    await alice.query('begin')
    await alice.query('update held set n = n + 1')
    await bob.query('begin')
    const sent = performance.now()
    const write = bob.send('update held set n = n + 1')
    await expect(write).toBeBlockedBy(alice)
    times.push(performance.now() - sent)
    await alice.query('rollback')
    await write
    await bob.query('rollback')
  }
  return times
}

/** Updates many rows that nobody blocks, one statement after the other, as long as the work takes. */
async function beside<T>({ busy }: Parties, work: Promise<T>) {
  let [updates, over] = [0, false]
  const wrong: string[] = []
  const done = work.finally(() => (over = true))
  while (!over) {
    const update = busy.send('update many set n = n + 1')
    await expect(update)
      .not.toBeBlocked({ within: '20ms' })
      .catch((error: unknown) => {
        // That the server did not answer in time is no verdict.
        if (!(error instanceof LockAccountError)) wrong.push((error as Error).message)
      })
    await update
    updates += 1
  }
  return { result: await done, updates, wrong }
}

async function measure(what: string, limit: number, parties: Parties): Promise<void> {
  await prepare(parties)
  const alone = await waits(parties, ROUNDS)
  const p99 = quantile(alone, 0.99)
  reportWaits(what, alone, `p99 < ${limit} ms`)
  const { result, updates, wrong } = await beside(parties, waits(parties, ROUNDS_BESIDE))
  const load = `${updates} updates of ${BUSY_ROWS.toLocaleString('en')} rows`
  reportWaits(`the same beside ${load}`, result, `0 called blocked: ${wrong.length}`)
  expect(wrong).toEqual([])
  expect(p99).toBeLessThan(limit)
}

function reportWaits(what: string, times: readonly number[], limit: string): void {
  const [p50, p99] = [0.5, 0.99].map((at) => quantile(times, at).toFixed(2))
  row([what, '', '', '', `p50 ${p50} ms`, `p99 ${p99} ms`, limit, `${times.length} waits`])
}

test('toBeBlockedBy on a single server', { timeout: 600_000 }, async ({ tidbPool }) => {
  const [alice, bob, busy] = await tidbPool.sessions('alice', 'bob', 'busy')
  await measure('toBeBlockedBy, one server', SINGLE_LIMIT_MS, { alice, bob, busy })
})

test('toBeBlockedBy between nodes', { timeout: 600_000 }, async ({ cluster, tidbPool }) => {
  const [first, second] = cluster.nodes
  const alice = tidbPool.session('alice', { node: first })
  const bob = tidbPool.session('bob', { node: second })
  const busy = tidbPool.session('busy', { node: second })
  await measure('toBeBlockedBy, between nodes', BETWEEN_LIMIT_MS, { alice, bob, busy })
})
