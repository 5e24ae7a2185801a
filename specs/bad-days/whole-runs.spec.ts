import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest-tidb'
import { closedPort } from '../../fixtures/closed-port.ts'
import { whyNoBinary } from '../../fixtures/local-binary.ts'
import { startMariaDB } from '../../fixtures/mariadb.ts'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { serverEnv } from '../../fixtures/server-env.ts'

// What a user sees of a whole run: exit status 1, the state, the host, what the server said, and what to try.

const RUN = { timeout: 180_000 }

async function failingRun(env: NodeJS.ProcessEnv): Promise<string> {
  const { status, output } = await runVitest('passing', { env: { ...serverEnv(), TIDB_RETRIES: '1', ...env } })
  expect(output).not.toContain('1 passed')
  expect(status).toBe(1)
  expect(output).toContain('try: ')
  return output
}

test('a closed port', RUN, async () => {
  const port = await closedPort()
  const output = await failingRun({ TIDB_HOST: '127.0.0.1', TIDB_PORT: String(port) })
  expect(output).toContain(`Connecting failed at 127.0.0.1:${port}: connection refused`)
  expect(output).toContain('server said: ECONNREFUSED')
  // Which states were passed before is told as well.
  expect(output).toContain('✓ ParsingConfig')
})

test('a port that accepts and never speaks', RUN, async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await new Promise((resolve) => silent.once('listening', resolve))
  try {
    const { port } = silent.address() as AddressInfo
    const env = { TIDB_HOST: '127.0.0.1', TIDB_PORT: String(port), TIDB_CONNECT_TIMEOUT_MS: '300', TIDB_RETRIES: '0' }
    expect(await failingRun(env)).toContain(`Connecting failed at 127.0.0.1:${port}: waited 300 ms for the greeting`)
  } finally {
    silent.close()
  }
})

test('a name that does not resolve', RUN, async () => {
  expect(await failingRun({ TIDB_HOST: 'no-such-host.invalid' })).toContain(
    'Connecting failed at no-such-host.invalid:',
  )
})

test('a wrong password', RUN, async () => {
  const output = await failingRun({ TIDB_USER: 'no_such_user', TIDB_PASSWORD: 'hunter2' })
  expect(output).toContain('ER_ACCESS_DENIED_ERROR (1045, SQLSTATE 28000)')
  expect(output).toContain('try: check TIDB_USER and TIDB_PASSWORD')
  expect(output).not.toContain('hunter2')
})

test('a user without rights', RUN, async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  await tidbPool.session('admin', server.settings).query("create user limited identified by 'pw'")
  const env = { TIDB_PORT: String(server.port), TIDB_HOST: server.host, TIDB_USER: 'limited', TIDB_PASSWORD: 'pw' }
  const output = await failingRun(env)
  expect(output).toContain(`no database could be created for a test at ${server.host}:${server.port} as limited`)
  expect(output).toContain('TIDB_DATABASE_PER_TEST=false')
  // And what it says to try helps.
  const again = await runVitest('passing', { env: { ...serverEnv(), ...env, TIDB_DATABASE_PER_TEST: 'false' } })
  expect(again.output).toContain('1 passed')
})

test('a missing database', RUN, async () => {
  const output = await failingRun({ TIDB_DATABASE: 'no_such_database' })
  expect(output).toContain('VerifyingDatabase failed at')
  expect(output).toContain('ER_BAD_DB_ERROR (1049, SQLSTATE 42000)')
})

test('MariaDB on the port', RUN, async ({ skip }) => {
  const mariadb = await startMariaDB()
  if (typeof mariadb === 'string') return skip(mariadb)
  await using server = mariadb
  const { host, port } = server.settings
  const output = await failingRun({ TIDB_HOST: host, TIDB_PORT: String(port), TIDB_USER: 'root' })
  expect(output).toMatch(/GettingVersion failed at .*: the server is not a TiDB: it calls itself .*MariaDB/)
})

test('TLS that is demanded and not offered', RUN, async ({ startTiDB }) => {
  const server = await startTiDB()
  const output = await failingRun({ TIDB_HOST: server.host, TIDB_PORT: String(server.port), TIDB_TLS: 'true' })
  expect(output).toContain('TLS is required, but the server does not offer it')
})

test.for([
  [{ TIDB_PORT: '40o0' }, 'ParsingConfig failed: TIDB_PORT (environment) is "40o0"'],
  [{ TIDB_URL: 'postgres://root:hunter2@localhost/x' }, 'TIDB_URL (environment) begins with postgres://'],
  [{ TIDB_IMPORT_MONITOR_SECONDS: 'soon' }, 'TIDB_IMPORT_MONITOR_SECONDS (environment) is "soon"'],
  [{ TIDB_PROVIDER: 'cloud' }, 'TIDB_PROVIDER (environment) is "cloud"'],
  [{ TIDB_TLS_CA: 'no/such/file.pem' }, 'TIDB_TLS_CA names no/such/file.pem'],
] as const)('malformed: %o', RUN, async ([env, message]) => {
  const output = await failingRun(env)
  expect(output).toContain('ParsingConfig failed')
  expect(output).toContain(message)
  expect(output).not.toContain('hunter2')
})

test('an unknown variable is a warning that names the nearest one', RUN, async () => {
  const { status, output } = await runVitest('passing', { env: { ...serverEnv(), TIDB_USERS: 'root' } })
  expect(output).toContain('TIDB_USERS (environment) is not a setting; did you mean TIDB_USER?')
  expect(status).toBe(0)
})

test('a database that is configured is made on a server of our own', RUN, async ({ skip }) => {
  const why = await whyNoBinary()
  skip(why !== undefined, why)
  const { status, output } = await runVitest('passing', { env: { TIDB_PROVIDER: 'binary', TIDB_DATABASE: 'my shop' } })
  expect(output).toContain('1 passed')
  expect(status).toBe(0)
})

test('a server that refuses SHOW IMPORT JOBS runs tests that want none of it', RUN, async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const session = tidbPool.session('session', server.settings)
  // What the statement reads: without it, the server refuses.
  await session.query('drop table mysql.tidb_import_jobs')
  const { host, port } = server
  const { status, output } = await runVitest('passing', {
    env: { ...serverEnv(), TIDB_HOST: host, TIDB_PORT: String(port) },
  })
  expect(output).toContain('1 passed')
  expect(output).toMatch(/import jobs are not available, and only their tests need them: .*tidb_import_jobs/)
  expect(status).toBe(0)
  await expect(session).toFailIn('CheckingImportJobs', { code: 'ER_NO_SUCH_TABLE' })
})
