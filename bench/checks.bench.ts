import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { expect, test, type Cluster, type TiDBPool } from 'vitest-tidb'
import { checks, runChecks, type CheckReport, type Querier } from 'vitest-tidb/checks'
import { builtPackage } from '../fixtures/built-package.ts'
import { tempFolder } from '../fixtures/temp-folder.ts'
import { pairs, report, row } from './paired.ts'

const LIMIT = 0.6
const STATEMENTS_LIMIT = 40
const FULL_LIMIT = 3
const PROCESS_LIMIT_MS = 350

const TABLES = 10_000
/** The most that a tidb-server keeps: https://docs.pingcap.com/tidb/stable/system-variables/#tidb_stmt_summary_max_stmt_count-new-in-v40 */
const STATEMENTS = 32_767
const SESSIONS = 200

type Sessions = [Querier, Querier, Querier]

function threeSessions(tidbPool: TiDBPool, node: Cluster['nodes'][number] | undefined, name: string): Sessions {
  const one = (number: number): Querier => tidbPool.session(`${name} ${number}`, { node })
  return [one(1), one(2), one(3)]
}

test('all checks on a cluster of two', { timeout: 300_000 }, async ({ cluster, tidbPool }) => {
  const sent: { sql: string; values: readonly unknown[] }[] = []
  const noting = (session: Querier): Querier => ({
    query: (sql, values, options) => {
      sent.push({ sql, values: values ?? [] })
      return session.query(sql, values, options)
    },
  })
  const [first, second, third] = threeSessions(tidbPool, cluster.nodes[0], 'checks')
  const ours = async () => {
    sent.length = 0
    await runChecks([noting(first), noting(second), noting(third)], checks)
  }
  await ours()
  const statements = [...sent]
  const { host = '', port = 0 } = cluster.nodes[0] ?? {}
  const bare = await createConnection({ host, port, user: 'root', supportBigNumbers: true })
  const oneByOne = async () => {
    for (const { sql, values } of statements) await bare.query({ sql, values: [...values], dateStrings: true })
  }
  const result = await pairs(ours, oneByOne, { rounds: 21, warmup: 3 })
  await bare.end()
  report('all checks, cluster of two', 'the same statements through mysql2, one by one', result, `≤ ${LIMIT}`)
  const each = statements.length / cluster.nodes.length
  row(['statements of all checks', '', '', '', '', `${statements.length}, ${each} a node`, `< ${STATEMENTS_LIMIT}`, ''])
  expect(result.ratio).toBeLessThanOrEqual(LIMIT)
  expect(each).toBeLessThan(STATEMENTS_LIMIT)
})

test('all checks on a cluster that has much', { timeout: 1_200_000 }, async ({ startCluster, cluster, tidbPool }) => {
  using folder = tempFolder()
  const config = join(folder.path, 'tidb.toml')
  // A region for each table is of no account here, and takes half an hour.
  writeFileSync(config, 'split-table = false\n')
  const full = await startCluster({ nodes: 2, config })
  await fill(full, tidbPool)
  const all = async (name: string, { nodes }: Pick<Cluster, 'nodes'>) => {
    const sessions = threeSessions(tidbPool, nodes[0], name)
    let last: CheckReport | undefined
    return { run: async () => void (last = await runChecks(sessions, checks)), last: () => last }
  }
  const [much, nothing] = [await all('much', full), await all('nothing', cluster)]
  const result = await pairs(much.run, nothing.run, { rounds: 9, warmup: 2 })
  const what = `all checks beside ${TABLES} tables, ${2 * STATEMENTS} statements, ${SESSIONS} sessions`
  report(what, 'all checks, empty cluster of two', result, `≤ ${FULL_LIMIT}`)
  const slowest = much
    .last()
    ?.results.toSorted((a, b) => b.cost.ms - a.cost.ms)
    .slice(0, 8)
  for (const { check, outcome, cost } of slowest ?? []) {
    row([check, `${cost.ms.toFixed(0)} ms`, outcome, '', '', `${cost.statements}`, '', ''])
  }
  expect(result.ratio).toBeLessThanOrEqual(FULL_LIMIT)
})

/** Tables, statements in the summaries of both nodes, and sessions, half of them in a transaction. */
async function fill({ nodes }: Pick<Cluster, 'nodes'>, tidbPool: TiDBPool): Promise<void> {
  const [node] = nodes
  const admin = tidbPool.session('admin', { node })
  await admin.query('set global tidb_stmt_summary_max_stmt_count = ?', [STATEMENTS])
  await admin.query('create table of_all (id int primary key, note varchar(20))')
  const side = (
    count: number,
    name: string,
    to: typeof node,
    work: (session: Querier, at: number) => Promise<unknown>,
  ) => Promise.all(Array.from({ length: count }, (_, at) => work(tidbPool.session(`${name} ${at}`, { node: to }), at)))
  // Those that are asked for at once are created together.
  await side(64, 'tables', node, async (session, at) => {
    for (let table = at; table < TABLES; table += 64) {
      await session.query(`create table t${table} (id bigint primary key auto_random, note varchar(20), key (note))`)
    }
  })
  for (const to of nodes) {
    await side(8, `statements ${to.port}`, to, async (session, at) => {
      for (let n = at; n < STATEMENTS; n += 8) await session.query(`select note as n${n} from of_all where note = 'x'`)
    })
    await side(SESSIONS / nodes.length, `session ${to.port}`, to, async (session, at) => {
      await session.query(at % 2 === 0 ? 'begin' : 'select 1')
    })
  }
}

/** Time of a whole process, from its start to its end, in ms. */
async function timeOf(program: string, args: readonly string[], statuses: readonly number[]): Promise<number> {
  const started = performance.now()
  const child = spawn(program, args, { stdio: 'ignore', env: { ...process.env, TIDB_PASSWORD: '' } })
  const status = await new Promise((resolve) => child.once('close', resolve))
  expect(statuses).toContain(status)
  return performance.now() - started
}

test('the command as a whole process', { timeout: 300_000 }, async ({ startTiDB, skip }) => {
  const client = await timeOf('mysql', ['--version'], [0]).catch(() => undefined)
  skip(client === undefined, 'needs the client mysql (Debian: mariadb-client)')
  const { host, port } = await startTiDB()
  const main = `${builtPackage()}/dist/cli/main.js`
  const check = () => timeOf(process.execPath, [main, 'check', '--host', host, '--port', String(port)], [0, 1])
  const select = ['--host', host, '--port', String(port), '--user', 'root', '--execute', 'select 1']
  const result = await pairs(check, () => timeOf('mysql', select, [0]), { rounds: 15, warmup: 2 })
  report('vitest-tidb check, a whole process', `mysql --execute 'select 1'`, result, `+${PROCESS_LIMIT_MS} ms`)
  expect(result.difference).toBeLessThanOrEqual(PROCESS_LIMIT_MS)
})
