import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest-tidb'
import { closedPort } from '../../fixtures/closed-port.ts'
import { addImportJob, endImportJob } from '../../fixtures/import-jobs.ts'
import { runCli } from '../../fixtures/run-cli.ts'
import { builtPackage } from '../../fixtures/built-package.ts'

test('each state is printed with its time and finding', async ({ tidbServer, connectionOptions }) => {
  const { host, port, user, password } = connectionOptions
  const { status, stdout } = await runCli(['check', '--host', host, '--port', String(port), '--user', user], {
    TIDB_PASSWORD: password,
  })
  expect(status).toBe(0)
  expect(
    stdout
      .split('\n')
      .map((line) => line.split(/\s+/).slice(0, 2).join(' '))
      .slice(0, 9),
  ).toEqual([
    '✓ Initial',
    '✓ ParsingConfig',
    '✓ Connecting',
    '✓ TestingConnection',
    '✓ VerifyingDatabase',
    '✓ GettingVersion',
    '✓ CheckingImportJobs',
    '✓ ShowingImportJobDetails',
    '✓ Completed',
  ])
  expect(stdout).toMatch(/GettingVersion +[\d.]+ m?s {2}TiDB v\d+\.\d+\.\d+/)
  expect(stdout).toContain(`TiDB ${tidbServer.release} at ${host}:${port}: 9 states passed in`)
})

test('--json prints one object and nothing else', async ({ tidbServer, connectionOptions, database = '' }) => {
  const { host, port, user, password } = connectionOptions
  const args = ['check', '--json', '--host', host, '--port', String(port), '--user', user, '--database', database]
  const { status, stdout } = await runCli(args, { TIDB_PASSWORD: password })
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    host: `${host}:${port}`,
    version: tidbServer.release,
    store: tidbServer.store,
    importJobs: expect.any(Array) as unknown[],
    history: expect.arrayContaining([
      expect.objectContaining({ state: 'VerifyingDatabase', finding: database }),
    ]) as unknown[],
  })
})

test('a state that fails is named, and the status is 1', async () => {
  const port = await closedPort()
  const { status, stdout, stderr } = await runCli(['check', '--port', String(port), '--retries', '0'])
  expect(status).toBe(1)
  expect(stdout).toContain('✗ Connecting')
  expect(stderr).toContain(`Connecting failed at 127.0.0.1:${port}: connection refused`)
  expect(stderr).toContain('try: ')
})

test('a state that fails is named in JSON too', async ({ connectionOptions }) => {
  const { host, port } = connectionOptions
  const args = ['check', '--json', '--host', host, '--port', String(port), '--user', 'no_such_user']
  const { status, stdout } = await runCli(args, { TIDB_PASSWORD: 'hunter2' })
  expect(status).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    state: 'Connecting',
    error: { server: { errno: 1045, sqlState: '28000' } },
  })
  expect(stdout).not.toContain('hunter2')
})

test.for([
  ['check', '--no-such-option'],
  ['check', '--port', 'abc'],
  ['check', '--monitor', 'soon'],
  ['check', '--password', 'hunter2'],
  ['no-such-command'],
])('bad usage ends in status 2: %s', async (args) => {
  const { status, stderr } = await runCli(args)
  expect(status).toBe(2)
  expect(stderr).not.toBe('')
})

test('warnings come before anything fails because of them', async () => {
  const port = String(await closedPort())
  const { status, stderr } = await runCli(['check', '--port', port, '--retries', '0'], { TIDB_HSOT: 'x' })
  expect(status).toBe(1)
  expect(stderr).toMatch(/^warning: TIDB_HSOT \(environment\) is not a setting; did you mean TIDB_HOST\?\nConnecting/)
})

test('TLS that a variable of another name asks for is not left out in silence', async () => {
  const { status, stderr } = await runCli(['check'], { TIDB_SSL: 'true' })
  expect(status).toBe(1)
  expect(stderr).toContain('TIDB_SSL (environment) is not a setting, and TLS is off')
})

test.for([
  ['check', '--host', 'mysql://root:hunter2@db.example'],
  ['check', '--password=hunter2'],
  ['check', 'mysql://root:hunter2@db.example'],
  ['mysql://root:hunter2@db.example'],
  ['check', '--port', 'mysql://root:hunter2@db.example'],
])('bad usage does not repeat a password: %s', async (args) => {
  const { status, stdout, stderr } = await runCli(args)
  expect(status).toBe(2)
  expect(stderr).not.toBe('')
  expect(stdout + stderr).not.toContain('hunter2')
})

test('a variable that is malformed fails ParsingConfig', async () => {
  const { status, stderr } = await runCli(['check'], { TIDB_PORT: '40o0' })
  expect(status).toBe(1)
  expect(stderr).toContain('ParsingConfig failed: TIDB_PORT (environment) is "40o0"')
})

test(
  'running import jobs are shown as they advance, and the watch ends with the last',
  { timeout: 30_000 },
  async ({ startTiDB, tidbPool }) => {
    const server = await startTiDB()
    const admin = tidbPool.session('admin', server.settings)
    const id = await addImportJob(admin, { database: 'test', table: 'orders', status: 'pending' })
    let ending: Promise<void> | undefined
    const { status, stdout } = await runCli(
      ['check', '--host', server.host, '--port', String(server.port), '--monitor', '1h'],
      {},
      (output) => {
        if (output.includes('pending')) ending ??= endImportJob(admin, id, 'cancelled')
      },
    )
    await ending
    expect(status).toBe(0)
    expect(stdout).toMatch(
      new RegExp(`import job ${id} into .*orders.*: pending[^]*import job ${id} into .*orders.*: cancelled`),
    )
    expect(stdout).toMatch(/ShowingImportJobDetails .* all ended/)
  },
)

test('a prompt without a terminal is refused', async () => {
  const { status, stderr } = await runCli(['check', '--password-prompt'])
  expect(status).toBe(2)
  expect(stderr).toContain('standard input is not a terminal')
})

test('the version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const { status, stdout } = await runCli(['--version'])
  expect(status).toBe(0)
  expect(stdout.trim()).toBe(version)
})

test('whoever reads may stop, as head does: nothing is said about it', async ({ tidbServer }) => {
  const args = [`${builtPackage()}/dist/cli/main.js`, 'check', '--port', String(tidbServer.port)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  let told = ''
  child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()))
  const status = await new Promise((resolve) => child.once('close', resolve))
  expect(told).toBe('')
  expect(status).toBe(141)
})
