import { expect, test } from 'vitest-tidb'
import { typeInto, whyNoTyping } from '../../fixtures/typing.ts'

function typing(keys: string, { host, port }: { readonly host: string; readonly port: number }) {
  const server = ['--host', host, '--port', String(port), '--user', 'typist']
  const args = ['check', '--only', '', ...server, '--password-prompt']
  return typeInto({ args, at: 'Password of typist', keys, env: { TIDB_PASSWORD: '' } })
}

const whyNot = whyNoTyping()

test(
  'a password that is typed is not shown, by Ctrl-T neither',
  { timeout: 180_000 },
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

test('Ctrl-C at the prompt ends it with a plain line', { timeout: 180_000 }, async ({ skip }) => {
  skip(whyNot !== undefined, whyNot)
  const { shown, status } = await typing('hunt\u0003', { host: '127.0.0.1', port: 4000 })
  expect(shown).toContain('interrupted while asking for the password of typist at 127.0.0.1:4000')
  expect(shown).not.toMatch(/hunt|Error|node:|\.ts/)
  expect(status).toBe(130)
})
