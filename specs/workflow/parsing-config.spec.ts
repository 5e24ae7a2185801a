import { inspect } from 'node:util'
import { expect, StateError, test } from 'vitest-tidb'

test('the configuration names the server of the run', async ({ tidb, tidbServer }) => {
  const { config, warnings } = await tidb.parsingConfig()
  expect(config).toMatchObject({ host: tidbServer.host, port: tidbServer.port, user: tidbServer.user })
  expect(warnings).toEqual([])
  await tidb.testingConnection()
})

test('a port that is none is refused, with what is allowed', async ({ tidbPool }) => {
  const session = tidbPool.session('wrong-port', { port: '40o0' })
  await expect(session).toFailIn('ParsingConfig', { message: 'port (option) is "40o0"' })
  await expect(session).toFailIn('ParsingConfig', { message: 'a port number, 1 to 65535' })
})

test.for([
  ['http://127.0.0.1:4000', 'not mysql:// or tidb://'],
  ['mysql://root:hunter2@:4000', 'is not a URL'],
  ['mysql://root:hunter2@localhost:4000/test?sslmode=off', 'one of tls, ssl, sslaccept'],
] as const)('the URL %s is refused, and its password is not shown', async ([url, why], { tidbPool }) => {
  const session = tidbPool.session('wrong-url', { url })
  await expect(session).toFailIn('ParsingConfig', { message: why })
  expect(inspect(session.error, { depth: 9 })).not.toContain('hunter2')
})

test('seconds that are none are refused', async ({ tidbPool }) => {
  const session = tidbPool.session('wrong-seconds', { importMonitorSeconds: 'soon' })
  await expect(session).toFailIn('ParsingConfig', { message: 'a whole number of seconds, 0 to 86400' })
})

test('a CA file that is missing is refused by name', async ({ tidbPool }) => {
  const session = tidbPool.session('no-ca', { tlsCa: 'no/such/ca.pem' })
  await expect(session).toFailIn('ParsingConfig', { message: 'TIDB_TLS_CA names no/such/ca.pem' })
})

test('a password prints as *** wherever it is written', async ({ tidbPool }) => {
  const session = tidbPool.session('secretive', { password: 'hunter2' })
  const { config } = await session.parsingConfig()
  expect(`${config.password}`).toBe('***')
  expect(JSON.stringify(config)).not.toContain('hunter2')
  expect(inspect(config, { depth: 9, showHidden: true })).not.toContain('hunter2')
  expect(config.password.reveal()).toBe('hunter2')
  // The server of the run has no such password: the failure must not give it away either.
  const failure: unknown = await session.connecting().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(StateError)
  expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('hunter2')
})
