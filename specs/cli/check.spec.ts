import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest-tidb'
import { closedPort } from '../../fixtures/closed-port.ts'
import { addImportJob, endImportJob } from '../../fixtures/import-jobs.ts'
import { runCli } from '../../fixtures/run-cli.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { builtPackage } from '../../fixtures/built-package.ts'

test('each state is printed with its time and finding', async ({ tidbServer, connectionOptions }) => {
  const { host, port, user, password } = connectionOptions
  const args = ['check', '--only', '', '--host', host, '--port', String(port), '--user', user]
  const { status, stdout } = await runCli(args, { TIDB_PASSWORD: password })
  expect(status).toBe(0)
  expect(
    stdout
      .split('\n')
      // Between them are import jobs of others, if there are any.
      .filter((line) => line.startsWith('✓'))
      .map((line) => line.split(/\s+/).slice(0, 2).join(' ')),
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
  const args = ['check', '--json', '--only', 'versions-alike', '--host', host, '--port', String(port), '--user', user]
  args.push('--database', database)
  const { status, stdout } = await runCli(args, { TIDB_PASSWORD: password })
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    host: `${host}:${port}`,
    version: tidbServer.release,
    store: tidbServer.store,
    importJobs: expect.any(Array) as unknown[],
    checks: { results: [{ check: 'versions-alike', outcome: 'passed' }], findings: [] },
    history: expect.arrayContaining([
      expect.objectContaining({ state: 'VerifyingDatabase', finding: database }),
    ]) as unknown[],
  })
})

test('findings come with advice, and what could not be checked has a status of its own', async ({
  startTiDB,
  tidbPool,
}) => {
  const server = await startTiDB()
  const admin = tidbPool.session('admin', { ...server.settings, database: 'test' })
  await admin.query("create user reader identified by 'word'")
  await admin.query('begin')
  const run = (...args: string[]) =>
    runCli(['check', '--host', server.host, '--port', String(server.port), ...args], { TIDB_PASSWORD: '' })
  const limit = ['--limit', 'no-old-transactions.olderThan=1ms']

  const all = await run('--severity', 'warning', ...limit)
  expect(all.status).toBe(1)
  const [summary = '', ...lines] = all.stdout.split('\n').slice(10)
  expect(summary).toMatch(/^\d+ of \d+ checks passed, \d+ findings \(\d+ statements, .*\)$/)
  // A statement of another check is a transaction as well, for its few ms.
  expect([...new Set(lines.filter((line) => /^\w+: /.test(line)))]).toEqual([
    'critical: accounts-have-passwords',
    'warning: no-old-transactions',
    'warning: root-not-from-anywhere',
  ])
  expect(all.stdout).toMatch(
    /\n {2}session \d+ on \S+: root has had a transaction open for .*\n {2}try: commit or roll it back/,
  )
  expect(all.stdout).toMatch(
    /not applicable to this server:\n[^]* {2}stores-up: not available here, because this server is on unistore/,
  )

  using folder = tempFolder()
  const [html, json, xml] = ['check.html', 'check.json', 'check.xml'].map((name) => join(folder.path, name))
  const written = await run(
    '--only',
    'accounts-have-passwords,stores-up',
    '--report',
    `html=${html}`,
    '--report',
    `json=${json}`,
    '--report',
    `junit=${xml}`,
  )
  expect(written.status).toBe(1)
  const page = readFileSync(html ?? '', 'utf8')
  expect(page).toContain('<h3>accounts-have-passwords: account root@%</h3>')
  expect(page).toContain("default-src 'none'")
  expect(JSON.parse(readFileSync(json ?? '', 'utf8'))).toMatchObject({
    version: 1,
    results: [
      { check: 'stores-up', outcome: 'not-applicable' },
      { check: 'accounts-have-passwords', outcome: 'findings' },
    ],
  })
  expect(readFileSync(xml ?? '', 'utf8')).toMatch(/tests="2" failures="1" errors="0" skipped="1"/)
  const nowhere = await run('--only', 'stores-up', '--report', `html=${join(folder.path, 'none', 'x.html')}`)
  expect(nowhere.status).toBe(2)
  expect(nowhere.stderr).toContain("the report can't be written to")

  const configured = { TIDB_PASSWORD: '', TIDB_CHECK_LIMITS: 'no-old-transactions.olderThan=1ms tls-required.most=3' }
  const old = ['check', '--host', server.host, '--port', String(server.port), '--only', 'no-old-transactions']
  const refused = await runCli(old, configured)
  expect(refused.status).toBe(2)
  expect(refused.stderr).toContain('TIDB_CHECK_LIMITS: tls-required has no limit "most"')
  configured.TIDB_CHECK_LIMITS = 'no-old-transactions.olderThan=1ms'
  expect((await runCli(old, configured)).status).toBe(1)
  // What is given for one run is stronger.
  expect((await runCli([...old, '--limit', 'no-old-transactions.olderThan=1h'], configured)).status).toBe(0)

  const healthy = await run('--only', 'no-old-transactions,stores-up', '--show-sql')
  expect(healthy.status).toBe(0)
  expect(healthy.stdout).toMatch(/ no-old-transactions [\d.]+ m?s 0 rows: select instance/)

  const file = join(folder.path, 'expected.json')
  writeFileSync(file, '{ "variables": { "max_connections": 7 }, "configuration": { "tidb.log.level": "info" } }')
  const expected = await run('--only', 'settings-as-expected', '--expected', file)
  expect(expected.status).toBe(1)
  expect(expected.stdout).toContain('variable max_connections: is 0, 7 is expected')
  expect(expected.stdout).not.toContain('log.level')

  const reading = ['--user', 'reader', '--only', 'no-old-transactions,tls-required', '--severity', 'warning']
  const blind = await runCli(['check', '--port', String(server.port), ...reading], { TIDB_PASSWORD: 'word' })
  expect(blind.status).toBe(2)
  expect(blind.stdout).toContain('1 of 2 checks passed, 0 findings, 1 could not be carried out')
  expect(blind.stdout).toContain('no-old-transactions: not available here, because this user does not have PROCESS')
})

test('the checks are listed with their limits, and bad usage is JSON if that was asked for', async () => {
  const { status, stdout } = await runCli(['check', '--list'])
  expect(status).toBe(0)
  expect(stdout).toContain('no-old-transactions (warning): No transaction has been open for long\n')
  expect(stdout).toContain('  no-old-transactions.olderThan=10m  how long a transaction may be open\n')
  const wrong = await runCli(['check', '--json', '--skip', 'no-old-transaction'])
  expect(wrong.status).toBe(2)
  expect(JSON.parse(wrong.stdout)).toMatchObject({ ok: false, error: { hints: ['did you mean no-old-transactions?'] } })
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
  ['check', '--only', 'no-such-check'],
  ['check', '--limit', 'nodes-answer.tidb=many'],
  ['check', '--limit', 'tidb=3'],
  ['check', '--severity', 'bad'],
  ['check', '--report', 'pdf'],
  ['check', '--expected', 'no-such.json'],
  ['check', '--expected', 'path.ts'],
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
  { timeout: 180_000 },
  async ({ startTiDB, tidbPool }) => {
    const server = await startTiDB()
    const admin = tidbPool.session('admin', server.settings)
    const id = await addImportJob(admin, { database: 'test', table: 'orders', status: 'pending' })
    let ending: Promise<void> | undefined
    const { status, stdout } = await runCli(
      ['check', '--only', '', '--host', server.host, '--port', String(server.port), '--monitor', '1h'],
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
