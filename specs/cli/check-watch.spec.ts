import { spawn } from 'node:child_process'
import { expect, test } from 'vitest-tidb'
import { builtPackage } from '../../fixtures/built-package.ts'
import { runCli } from '../../fixtures/run-cli.ts'
import { startInTerminal, whyNoTerminal } from '../../fixtures/terminal.ts'

const RUN = { timeout: 180_000 }
const POLL = { timeout: 60_000 }
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
  [['--watch', '--json'], '--watch and --json do not go together'],
  [['--json', '--no-such-option'], "unknown option '--no-such-option'"],
] as const)('bad usage ends in status 2: %s', async ([args, said]) => {
  const { status, stdout, stderr } = await runCli(['check', ...args])
  expect(status).toBe(2)
  if (!(args as readonly string[]).includes('--json')) return expect(stderr).toContain(said)
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { message: expect.stringContaining(said) as string } })
})
