import { spawn, spawnSync } from 'node:child_process'
import { expect, test } from 'vitest-tidb'
import { runnable } from '../../fixtures/runnable.ts'

const main = await runnable('src/cli/main.ts')
// util-linux's script runs a command in a terminal of its own.
const script = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? ''

test('a password that is typed is not shown', { timeout: 30_000 }, async ({ startTiDB, tidbPool, skip }) => {
  skip(!script.includes('util-linux'), 'needs the script command of util-linux, for a terminal to type in')
  const server = await startTiDB()
  const admin = tidbPool.session('admin', server.settings)
  await admin.query("create user typist identified by 'hunter2'")
  const command = [
    process.execPath,
    main,
    'check',
    '--host',
    server.host,
    '--port',
    String(server.port),
    '--user',
    'typist',
  ]
  const child = spawn('script', ['-qec', `${command.join(' ')} --password-prompt`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TIDB_PASSWORD: '' },
  })
  let shown = ''
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString()
    if (shown.includes('Password of typist') && !typed) {
      typed = true
      child.stdin.write('hunter2\r')
    }
  })
  let typed = false
  const status = await new Promise((resolve) => child.once('close', resolve))
  expect(shown).toContain(`Password of typist at ${server.host}:${server.port}:`)
  expect(shown).not.toContain('hunter2')
  expect(shown).toContain('✓ Completed')
  expect(status).toBe(0)
})
