import { spawn } from 'node:child_process'
import { expect, test } from 'vitest-tidb'
import { builtPackage } from '../../fixtures/built-package.ts'
import { runCli } from '../../fixtures/run-cli.ts'
import { stallingServer } from '../../fixtures/stalling-server.ts'
import { startInTerminal, whyNoTerminal } from '../../fixtures/terminal.ts'

const RUN = { timeout: 180_000 }
const POLL = { timeout: 60_000 }
/** A line of `--watch --json`. */
interface Round {
  readonly ok: boolean
  readonly host: string
  readonly checks: { readonly findings: readonly unknown[] }
  readonly appeared: readonly { readonly check: string }[]
  readonly gone: readonly { readonly check: string }[]
}

const command = () => [process.execPath, `${builtPackage()}/dist/cli/main.js`]

test(
  'what appears and what goes is shown in a narrow terminal, until Ctrl-C',
  RUN,
  async ({ startTiDB, tidbPool, skip }) => {
    const whyNot = whyNoTerminal()
    skip(whyNot !== undefined, whyNot)
    const server = await startTiDB()
    const admin = tidbPool.session('admin', server.settings)
    const only = ['--only', 'accounts-have-passwords,tls-required']
    const args = ['check', '--host', server.host, '--port', String(server.port), ...only, '--watch', '1s']
    using terminal = startInTerminal(command(), { columns: 40, rows: 30, env: { TIDB_PASSWORD: '' }, args })
    await expect.poll(terminal.everything, POLL).toMatch(/UTC {2}0 of 2 checks passed, 2 findings; nothing new\n/)
    await admin.query('create user open')
    await expect.poll(terminal.everything, POLL).toContain('  + critical: accounts-have-passwords: account open@%:')
    await admin.query('drop user open')
    await expect.poll(terminal.everything, POLL).toContain('  - critical: accounts-have-passwords: account open@%:')
    // Lines are broken by the terminal, and by nobody else.
    expect(terminal.everything()).toContain('\n  try: SET GLOBAL require_secure_transport = ON, once every client')
    expect(
      Math.max(
        ...terminal
          .screen()
          .split('\n')
          .map(({ length }) => length),
      ),
    ).toBe(40)
    terminal.type('C-c')
    await expect.poll(terminal.status, POLL).toBe(130)
    expect(terminal.everything()).toMatch(/gave up watching the checks: interrupted\n/)
  },
)

test('with --json each round is an object on a line of its own', RUN, async ({ startTiDB, tidbPool }) => {
  const { port, settings } = await startTiDB()
  const admin = tidbPool.session('admin', settings)
  const [node = '', main = ''] = command()
  const only = ['--only', 'accounts-have-passwords,tls-required']
  const args = [main, 'check', '--port', String(port), ...only, '--watch=1s', '--json']
  const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TIDB_PASSWORD: '' } })
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const rounds = () =>
    printed
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Round)
  await expect.poll(() => rounds().length, POLL).toBeGreaterThan(0)
  await admin.query('create user open')
  await expect.poll(() => rounds().at(-1)?.checks.findings.length, POLL).toBe(3)
  const [first, ...others] = rounds()
  expect(first).toMatchObject({ ok: false, host: `127.0.0.1:${port}`, checks: { results: [{}, {}] } })
  expect(first?.appeared.map(({ check }) => check)).toEqual(['accounts-have-passwords', 'tls-required'])
  expect(others.flatMap(({ appeared, gone }) => [...appeared, ...gone])).toEqual([
    expect.objectContaining({ check: 'accounts-have-passwords', subject: { kind: 'account', name: 'open@%' } }),
  ])
  child.kill('SIGINT')
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130)
  const end = {
    ok: false,
    error: { code: 'TIDB_ABORTED', message: 'gave up watching the checks: interrupted', hints: [] },
  }
  expect(rounds().at(-1)).toEqual(end)
})

test(
  'Ctrl-C while a check waits for an answer ends it, and its sessions',
  RUN,
  async ({ tidb, database, connectionOptions, skip }) => {
    const whyNot = whyNoTerminal()
    skip(whyNot !== undefined, whyNot)
    const user = `waiting_${database}`
    await using proxy = await stallingServer(connectionOptions)
    // What is never passed on is never answered.
    proxy.swallows = /require_secure_transport/
    const sessions = async () => {
      const list = 'select count(*) as n from information_schema.processlist where user = ?'
      return Number((await tidb.query<{ n: number }>(list, [user]))[0]?.n)
    }
    await tidb.query('create user ? identified by ?', [user, 'word'])
    try {
      const args = ['check', '--port', String(proxy.port), '--user', user, '--only', 'tls-required']
      using terminal = startInTerminal(command(), { columns: 100, rows: 30, env: { TIDB_PASSWORD: 'word' }, args })
      await expect.poll(() => proxy.swallowed, POLL).toBe(1)
      expect(await sessions()).toBeGreaterThan(0)
      terminal.type('C-c')
      await expect.poll(terminal.status, POLL).toBe(130)
      expect(terminal.everything()).toMatch(/✓ Completed[^]*gave up .*: interrupted\n\[exit 130\]/)
      await expect.poll(sessions, POLL).toBe(0)
    } finally {
      await tidb.query('drop user ?', [user])
    }
  },
)

test('whoever reads may stop while it watches: nothing is said about it', RUN, async ({ startTiDB }) => {
  const { port } = await startTiDB()
  const [node = '', main = ''] = command()
  const args = [main, 'check', '--port', String(port), '--only', 'tls-required', '--watch', '1s']
  const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TIDB_PASSWORD: '' } })
  let told = ''
  child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()))
  child.stdout.on('data', (chunk: Buffer) => {
    if (chunk.toString().includes('nothing new')) child.stdout.destroy()
  })
  const status = await new Promise((resolve) => child.once('close', resolve))
  expect(told).toBe('')
  expect(status).toBe(141)
})

test.for([
  [['--watch', 'soon'], '--watch is "soon"'],
  [['--watch', '10ms'], '--watch is shorter than 1s'],
  [['--watch', '--report', 'html'], '--watch and --report do not go together'],
  [['--watch', '--list'], '--watch and --list do not go together'],
  [['--watch', '--json', '--port', 'many'], 'port (command line) is "many"'],
  [['--json', '--no-such-option'], "unknown option '--no-such-option'"],
] as const)('bad usage ends in status 2: %s', async ([args, said]) => {
  const { status, stdout, stderr } = await runCli(['check', ...args])
  expect(status).toBe(2)
  if (!(args as readonly string[]).includes('--json')) return expect(stderr).toContain(said)
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { message: expect.stringContaining(said) as string } })
})
