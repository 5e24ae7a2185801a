import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createConnection, type ConnectionOptions } from 'mysql2/promise'
import { expect, test } from 'vitest'
import { projectWithPackage } from '../fixtures/installed-package.ts'
import { tempFolder } from '../fixtures/temp-folder.ts'
import { whyNoBinary } from '../fixtures/local-binary.ts'
import { loadConfig } from '../src/config/config.ts'
import { startBinary } from '../src/server/binary.ts'
import { TextConnection, type TextAnswer } from '../src/connection/text-connection.ts'
import type { Address } from '../src/connection/connection.ts'
import { databaseOf, resultFileOf } from '../src/sql-files/places.ts'
import { dialOf } from '../src/sql-files/test-arguments.ts'
import { testFile } from '../src/sql-files/test-file.ts'
import { parseTest } from '../src/sql-files/test-language.ts'
import { watchMemory } from './memory-of.ts'
import { row } from './paired.ts'

const RATIO = 0.6
const PASSING = 214
const MEMORY_LIMIT_MIB = 3_072
/** Of the time of its statements, what a file of so many may cost besides. */
const BESIDES = 0.05
const MANY = 10_000
const root = fileURLToPath(new URL('..', import.meta.url))

/** TiDB's own integration files, which the build of a tidb-server has downloaded; undefined if none was built here. */
function corpus(): string | undefined {
  try {
    const cache = execFileSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' }).trim()
    const modules = join(cache, 'github.com/pingcap')
    const [oldest] = readdirSync(modules)
      .filter((name) => name.startsWith('tidb@'))
      .toSorted()
    const folder = join(modules, oldest ?? '', 'tests/integrationtest')
    return oldest !== undefined && existsSync(folder) ? folder : undefined
  } catch {
    return undefined
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly status: string; readonly failureMessages?: readonly string[] }[]
  }[]
}

test(
  'TiDB’s own files, against their statements sent one after the other',
  { timeout: 3_600_000 },
  async ({ skip }) => {
    const files = corpus()
    skip(files === undefined, 'needs the module of TiDB in the module cache of Go: build a tidb-server')
    const why = await whyNoBinary()
    skip(why !== undefined, why)
    using project = projectWithPackage()
    const folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-bench-'))
    try {
      cpSync(files ?? '', project.path, { recursive: true })
      execFileSync('chmod', ['-R', 'u+w', project.path])
      execFileSync('unzip', ['-qqo', 's.zip'], { cwd: project.path })
      const config = join(project.path, 'config.toml')
      writeFileSync(
        join(project.path, 'vitest.config.ts'),
        `import { tidb } from 'vitest-tidb/plugin'
import { defineConfig } from 'vitest/config'
const sqlFiles = { include: ['t/**/*.test'], serverConfig: ${JSON.stringify(config)} }
export default defineConfig({
  plugins: [tidb({ provider: 'binary', version: 'v8.5.4', sqlFiles })],
  test: { include: [], isolate: false, maxWorkers: 2 },
})
`,
      )
      const began = performance.now()
      const output = join(folder, 'report.json')
      const memory = await vitest(project.path, output)
      const ours = performance.now() - began
      const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as Report
      const failed = testResults.filter(({ status }) => status !== 'passed')
      for (const { name, message, assertionResults } of failed) {
        const failures = assertionResults.filter(({ status }) => status === 'failed')
        const [first = message] = failures.flatMap(({ failureMessages = [] }) => failureMessages)
        console.log(`${databaseOf(name, project.path)} (${failures.length}): ${first.split('\n', 1)[0]}`)
      }
      const bare = await sendAll(project.path, config)
      const passing = testResults.length - failed.length
      row([
        ...['TiDB’s own files, two workers', seconds(ours), 'their statements through mysql2, one after the other'],
        ...[seconds(bare), '', (ours / bare).toFixed(3), `≤ ${RATIO}; ${passing} of ${testResults.length} files pass`],
      ])
      row([
        'memory of that run, servers included',
        `${Math.round(memory)} MiB`,
        '',
        '',
        '',
        '',
        `≤ ${MEMORY_LIMIT_MIB} MiB`,
      ])
      expect(passing).toBeGreaterThanOrEqual(PASSING)
      expect(memory).toBeLessThanOrEqual(MEMORY_LIMIT_MIB)
      expect(ours / bare).toBeLessThanOrEqual(RATIO)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
)

test('a file of ten thousand statements, against the time that these take', { timeout: 600_000 }, async ({ skip }) => {
  const why = await whyNoBinary()
  skip(why !== undefined, why)
  using folder = tempFolder()
  const file = join(folder.path, 'many.test')
  const statements = Array.from({ length: MANY / 4 }, (_, id) => [
    `insert into t values (${id}, 'item ${id}', ${id}.25);`,
    `select name, price from t where id = ${id};`,
    `update t set price = price + 1 where id = ${id};`,
    `select count(*), max(price) from t where id between ${id} - 20 and ${id};`,
  ])
  const text = ['create table t (id int primary key, name varchar(20), price decimal(10, 2));', ...statements.flat()]
  writeFileSync(file, text.join('\n'))
  const { config } = loadConfig({ options: { provider: 'binary' } })
  const server = await startBinary(config, {})
  try {
    const address = { ...server, connectTimeoutMs: config.connectTimeoutMs }
    const answers: TextAnswer[] = []
    const recording = await carryOut(file, address, { recording: true, answered: (answer) => answers.push(answer) })
    // The same answers once more, which nobody has to wait for: what is left is what the file costs besides.
    const replays = []
    for (let replay = 0; replay < 5; replay += 1) {
      const left = answers.values()
      replays.push(await carryOut(file, address, { recording: false, replay: () => left.next().value }))
    }
    const besides = Math.min(...replays.map(({ ms }) => ms))
    const ratio = besides / (recording.ms - besides)
    row([
      ...['a file of 10,000 statements, read and compared', `${besides.toFixed(0)} ms`, 'its statements'],
      ...[`${(recording.ms - besides).toFixed(0)} ms`, '', ratio.toFixed(3), `≤ ${BESIDES}`],
    ])
    expect(replays.map(({ failed }) => failed)).toEqual(replays.map(() => 0))
    expect(ratio).toBeLessThanOrEqual(BESIDES)
  } finally {
    await server.stop()
  }
})

interface Carrying {
  readonly recording: boolean
  /** Is told of each answer. */
  readonly answered?: (answer: TextAnswer) => void
  /** Answers in the place of the server. */
  readonly replay?: () => TextAnswer | undefined
}

/** Carries a file out as a worker does. @returns how long that took, in ms, and how many of its cases failed. */
async function carryOut(file: string, address: Address, { recording, answered, replay }: Carrying) {
  await using connection = await TextConnection.open(address)
  const database = 'many'
  if (recording) await connection.send(`create database ${database}; use ${database}`)
  const send = connection.send.bind(connection)
  connection.send = async (...sending) => {
    const answer = replay === undefined ? await send(...sending) : (replay() ?? { results: [] })
    answered?.(answer)
    return answer
  }
  const began = performance.now()
  const script = testFile.read(readFileSync(file, 'utf8'), file)
  const run = await script.begin({
    ...{ file, database, recording, resultFile: resultFileOf(file, true) },
    ...{ allowExec: false, statementTimeoutMs: 60_000, signal: new AbortController().signal },
    dial: () => Promise.resolve(connection),
  })
  let failed = 0
  for (let index = 0; index < script.cases.length; index += 1) {
    await run.check(index).catch(() => {
      failed += 1
    })
  }
  const ms = performance.now() - began
  const recorded = recording ? run.recorded() : undefined
  if (recorded !== undefined) writeFileSync(recorded.file, recorded.bytes)
  return { ms, failed }
}

/** @returns how much memory it used at most, with all that it started, in MiB. */
function vitest(cwd: string, output: string): Promise<number> {
  const { VITEST: _, VITEST_POOL_ID: _id, VITEST_MODE: _mode, ...inherited } = process.env
  const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=json', `--outputFile=${output}`]
  // As the files were recorded: the server has that zone.
  const env = { ...inherited, TZ: 'Asia/Shanghai', NO_COLOR: '1' }
  const child = spawn(process.execPath, args, { cwd, env, stdio: 'ignore' })
  const mostOf = watchMemory(child.pid ?? 0)
  return new Promise((resolve) => child.once('close', () => resolve(mostOf())))
}

/** Sends every statement of every file over one connection a file, whatever becomes of it. @returns how long it took, in ms. */
async function sendAll(folder: string, serverConfig: string): Promise<number> {
  const { config } = loadConfig({ options: { provider: 'binary', version: 'v8.5.4', serverConfig } })
  const server = await startBinary(config, {})
  try {
    const began = performance.now()
    const names = readdirSync(join(folder, 't'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.test'),
    )
    for (const name of names.toSorted()) {
      const file = join(folder, 't', name)
      const database = databaseOf(file, folder)
      await sendFile(file, database, { host: server.host, port: server.port, multipleStatements: true })
    }
    return performance.now() - began
  } finally {
    await server.stop()
  }
}

/** Sends those of a file, over the connections that it makes. */
async function sendFile(file: string, database: string, server: ConnectionOptions): Promise<void> {
  const root = await createConnection({ ...server, user: 'root' })
  const connections = new Map([['default', root]])
  let current = root
  await root.query(`create database \`${database}\`; use \`${database}\``)
  for (const step of parseTest(readFileSync(file, 'utf8'), file)) {
    if (step.kind === 'statement') await current.query(step.sql).catch(() => undefined)
    if (step.kind !== 'command') continue
    if (step.name === 'connect') {
      const { name, user, password, database: own = '' } = dialOf(step.argument, step, (text) => text)
      // One that is refused is expected to be.
      const made = await createConnection({ ...server, user, password, database: own }).catch(() => undefined)
      if (made !== undefined) connections.set(name, (current = made))
    } else if (step.name === 'connection') current = connections.get(step.argument) ?? root
    else if (step.name === 'disconnect') {
      connections.get(step.argument)?.destroy()
      current = root
    }
  }
  for (const connection of connections.values()) connection.destroy()
}
