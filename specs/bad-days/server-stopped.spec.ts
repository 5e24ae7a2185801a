import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readdirSync } from 'node:fs'
import type { Socket } from 'node:net'
import { vi } from 'vitest'
import { expect, loadConfig, TiDBConnection, test } from 'vitest-tidb'
import { whyNoBinary } from '../../fixtures/local-binary.ts'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { serverProcess, stopProcess } from '../../fixtures/server-process.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'

// SIGSTOP of a server: its port takes connections, its connections stay, and nothing is ever answered. A run ends all
// the same, by the deadlines it was given, and not by that of vitest for processes that do not end.

test.beforeEach(({ skip }) => skip(process.platform !== 'linux', 'looks into /proc'))

// Side by side, as they wait for most of their time.
const RUN = { timeout: 180_000 }
const QUICKLY = { TIDB_STATE_TIMEOUT_MS: '3000', TIDB_CONNECT_TIMEOUT_MS: '3000', TIDB_RETRIES: '0' }

/** How long the test took in whose middle the server stopped, its end included: sessions, jobs and group. */
function tookMs(output: string): number {
  return Number(/the server stops in the middle (\d+)ms/.exec(output)?.[1])
}

test.concurrent('a configured host that stops in the middle of a test', RUN, async ({ startTiDB, tidbPool }) => {
  using temp = tempFolder()
  const { host, port, logFile, settings } = await startTiDB({ provider: 'binary' })
  const pid = serverProcess(logFile)
  const { status, output } = await runVitest('stopped', {
    env: {
      ...QUICKLY,
      ...{ TIDB_PROVIDER: 'host', TIDB_HOST: host, TIDB_PORT: String(port), TIDB_USER: 'root' },
      ...{ SERVER_PROCESS: String(pid), XDG_CACHE_HOME: temp.path },
    },
  })
  process.kill(pid, 'SIGCONT')
  expect(status).toBe(1)
  expect(output).toContain('2 failed | 1 passed')
  expect(output).toContain("waited 500 ms for bob's statement: insert into t")
  expect(output).toContain(`Connecting failed at ${host}:${port}: waited 3 s for the greeting`)
  const [, names = ''] = /databases of this run could not be dropped at \S+: (.*)\n/.exec(output) ?? []
  expect(names).toMatch(/^vitest_tidb_/)
  expect(output).not.toContain('close timed out')
  expect(tookMs(output)).toBeLessThan(30_000)

  // The watchdog tries once more, and the server is there again.
  const session = tidbPool.session('after', settings)
  const left = () =>
    session.query('select 1 from information_schema.schemata where schema_name in (?)', [names.split(', ')])
  await vi.waitUntil(async () => (await left()).length === 0, { timeout: 10_000 })
})

test.concurrent("a server of the run's own that stops in the middle of a test", RUN, async ({ skip }) => {
  const why = await whyNoBinary()
  skip(why !== undefined, why)
  using temp = tempFolder()
  const { status, output } = await runVitest('stopped', {
    env: { ...QUICKLY, TIDB_PROVIDER: 'binary', TMPDIR: temp.path },
  })
  expect(status).toBe(1)
  expect(output).toContain('2 failed | 1 passed')
  expect(output).toMatch(/Connecting failed at \S+: waited 3 s for the greeting/)
  expect(output).not.toContain('close timed out')
  expect(tookMs(output)).toBeLessThan(30_000)
  expect(readdirSync(temp.path).filter((name) => name.includes('tidb'))).toEqual([])
})

test('a connection that is cut is gone on this side, whatever the server does', async ({
  startTiDB,
  onTestFinished,
}) => {
  const { logFile, settings } = await startTiDB({ provider: 'binary' })
  const sockets: Socket[] = []
  // For this test only: the files after it in this worker have sockets that are none of its business.
  const note = (message: unknown) => sockets.push((message as { readonly socket: Socket }).socket)
  subscribe('net.client.socket', note)
  onTestFinished(() => void unsubscribe('net.client.socket', note))
  const { config } = loadConfig({ options: settings, env: {}, envFile: false })
  const connection = await TiDBConnection.open({ ...config, host: config.host ?? '' })
  stopProcess(serverProcess(logFile))
  connection.destroy()
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true])
})
