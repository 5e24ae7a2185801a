import { spawn, spawnSync } from 'node:child_process'
import { expect, test } from 'vitest-tidb'
import { builtPackage } from '../../fixtures/built-package.ts'

const main = `${builtPackage()}/dist/cli/main.js`
// util-linux's script runs a command in a terminal of its own.
const script = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? ''

/** Runs the check in a terminal, and types once it asks. */
async function typing(keys: string, { host, port }: { readonly host: string; readonly port: number }) {
  const command = [process.execPath, main, 'check', '--host', host, '--port', String(port), '--user', 'typist']
  const child = spawn('script', ['-qec', `${command.join(' ')} --password-prompt`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TIDB_PASSWORD: '' },
  })
  let shown = ''
  let typed = false
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString()
    if (!shown.includes('Password of typist') || typed) return
    typed = true
    child.stdin.write(keys)
  })
  const status = await new Promise((resolve) => child.once('close', resolve))
  return { shown, status }
}

const whyNot = script.includes('util-linux')
  ? undefined
  : 'needs the script command of util-linux, for a terminal to type in'

test(
  'a password that is typed is not shown, by Ctrl-T neither',
  { timeout: 30_000 },
  async ({ startTiDB, tidbPool, skip }) => {
    skip(whyNot !== undefined, whyNot)
    const server = await startTiDB()
    const admin = tidbPool.session('admin', server.settings)
    await admin.query("create user typist identified by 'hunter2'")
    const { shown, status } = await typing('hunt\u0014er2\u0014\u0014\r', server)
    expect(shown).toContain(`Password of typist at ${server.host}:${server.port}:`)
    expect(shown).not.toMatch(/hunt|er2|ctrl\+t/)
    expect(shown).toContain('✓ Completed')
    expect(status).toBe(0)
  },
)

test('Ctrl-C at the prompt ends it with a plain line', { timeout: 30_000 }, async ({ skip }) => {
  skip(whyNot !== undefined, whyNot)
  const { shown, status } = await typing('hunt\u0003', { host: '127.0.0.1', port: 4000 })
  expect(shown).toContain('interrupted while asking for the password of typist at 127.0.0.1:4000')
  expect(shown).not.toMatch(/hunt|Error|node:|\.ts/)
  expect(status).toBe(130)
})
