import { readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test, type OwnServer, type StateError } from 'vitest-tidb'
import { whyNoBinary } from '../../fixtures/local-binary.ts'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import type { Address } from '../../src/connection/connection.ts'
import { LockWaits } from '../../src/connection/lock-waits.ts'
import { takeDatabase } from '../../src/fixtures/database.ts'
import { RunServer } from '../../src/fixtures/server.ts'
import { StockFolder } from '../../src/global-setup/stock-folder.ts'

/** The process that runs in the folder of a server's log. */
function processOf({ logFile = '' }: OwnServer): number {
  const found = readdirSync('/proc').find((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${dirname(logFile)}/data`)
    } catch {
      return false
    }
  })
  if (found === undefined) throw new Error(`no process has its data beside ${logFile}`)
  return Number(found)
}

const skipped = async () => (process.platform === 'linux' ? whyNoBinary() : 'reads /proc')
const messageOf = async (work: PromiseLike<unknown>) =>
  String(await Promise.resolve(work).then(String, (error: Error) => error.message))

test('a local server that was killed is told as such, with its log, by statement and dial', async ({
  startTiDB,
  tidbPool,
  skip,
}) => {
  const why = await skipped()
  skip(why !== undefined, why)
  const server = await startTiDB({ provider: 'binary' })
  const before = tidbPool.session('before', server.settings)
  await before.connecting()
  const idle = tidbPool.session('idle', server.settings)
  await idle.connecting()
  const asleep = messageOf(before.query('select sleep(60)'))
  await expect.poll(() => before.connection?.running).toBe(1)
  process.kill(processOf(server), 'SIGKILL')
  const late = tidbPool.session('late', { ...server.settings, retries: 0 })
  for (const message of [await asleep, await messageOf(idle.query('select 1')), await messageOf(late.connecting())]) {
    expect(message).toContain('this run started that server (tidb-server from ')
    expect(message).toContain(`its process has ended: the end of its log, ${server.logFile}:\n`)
    expect(message).toMatch(/\n {6}\[\d{4}\/\d\d\/\d\d /)
    expect(message).not.toContain('check that a TiDB listens there')
  }
})

test('what asks a server that was stopped by itself says so too', async ({ startTiDB, tidbServer }) => {
  const server = await startTiDB()
  await server.stop()
  using temp = tempFolder()
  const { host, port } = server
  const stock = new StockFolder(temp.path)
  stock.create()
  const run = new RunServer({
    ...tidbServer.provided,
    host,
    port,
    ours: false,
    passwordFile: undefined,
    stockDir: temp.path,
  })
  await using waits = LockWaits.at(run.config as Address)
  const messages = [await messageOf(takeDatabase(run)), await messageOf(waits.deadlockOf('1', 1_000))]
  expect(messages[0]).toMatch(/^no database could be created for a test at /)
  for (const message of messages) expect(message).toMatch(/try: this run started that server \(.+\), and stopped it$/m)
})

test('one that does not answer any more is told as such', async ({ startTiDB, tidbPool, skip }) => {
  const why = await skipped()
  skip(why !== undefined, why)
  const server = await startTiDB({ provider: 'binary' })
  const pid = processOf(server)
  process.kill(pid, 'SIGSTOP')
  try {
    const late = tidbPool.session('late', { ...server.settings, connectTimeoutMs: 100, retries: 0 })
    const error = await late.connecting().then(undefined, (thrown: unknown) => thrown as StateError)
    expect((error as StateError).message).toMatch(
      /this run started that server .*, and it takes connections and does not/,
    )
  } finally {
    process.kill(pid, 'SIGCONT')
  }
})

test('one that is well, and cut one connection, is not called dead', async ({ tidb, tidbPool, requires }) => {
  await requires({ ours: true, because: 'cuts a connection from the side of the server' })
  const asleep = messageOf(tidb.query('select sleep(60)'))
  await expect.poll(() => tidb.connection?.running).toBe(1)
  await tidbPool.session('killer').query(`kill tidb ${tidb.connectionId}`)
  expect(await asleep).toMatch(/this run started that server .*: see its log, .*, for why it cut the connection$/)
})

test("the run's own server, killed in the midst of it", { timeout: 180_000 }, async ({ skip }) => {
  const why = await skipped()
  skip(why !== undefined, why)
  const { status, output } = await runVitest('killed-server', { env: { TIDB_PROVIDER: 'binary' } })
  expect(status).toBe(1)
  for (const said of ['StatementError: statement failed (tidb at ', 'StateError: Connecting failed at ']) {
    const [, after = ''] = output.split(said)
    expect(after).toMatch(
      /^[^]{0,600}this run started that server \(tidb-server from .*\), and its process has ended: the end/,
    )
  }
})
