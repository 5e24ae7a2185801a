import { createServer, type AddressInfo } from 'node:net'
import { BreakerOpenError, expect, test } from 'vitest-tidb'
import { closedPort } from '../../fixtures/closed-port.ts'

test('a connection is made, and the server knows it by the same number', async ({ tidb }) => {
  const { connectionId, tls } = await tidb.connecting()
  expect(tls).toBe(false)
  const [row] = await tidb.query<{ id: number }>('select connection_id() as id')
  expect(row?.id).toBe(connectionId)
})

test('a closed port fails, after retries, within the deadline', async ({ tidbPool }) => {
  const port = await closedPort()
  const session = tidbPool.session('nobody-there', { host: '127.0.0.1', port, retries: 2 })
  await expect(session).toFailIn('Connecting', { code: 'ECONNREFUSED', message: `127.0.0.1:${port}` })
  expect(session.error?.hints.join()).toContain('TIDB_HOST')
  expect(session.history.at(-1)).toMatchObject({ state: 'Connecting', outcome: 'failed', attempts: 3 })
})

test('an IPv6 address stands in brackets before its port', async ({ tidbPool }) => {
  const port = await closedPort()
  const session = tidbPool.session('nobody-there', { host: '::1', port, retries: 0 })
  await expect(session).toFailIn('Connecting', { message: `at [::1]:${port}` })
  expect(session.host).toBe(`[::1]:${port}`)
})

test('a port that accepts and never speaks fails by the deadline', async ({ tidbPool }) => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await new Promise((resolve) => silent.once('listening', resolve))
  try {
    const { port } = silent.address() as AddressInfo
    const session = tidbPool.session('silence', { host: '127.0.0.1', port, connectTimeoutMs: 100, retries: 0 })
    await expect(session).toFailIn('Connecting', { message: `100 ms for the greeting of 127.0.0.1:${port}` })
    expect(session.error?.hints.join()).toContain('sends no greeting')
  } finally {
    silent.close()
  }
})

test('a name that does not resolve fails at once', async ({ tidbPool }) => {
  const session = tidbPool.session('nowhere', { host: 'no-such-host.invalid', retries: 0 })
  await expect(session).toFailIn('Connecting', { message: 'the name did not resolve' })
})

test('a wrong password fails without a retry', async ({ tidbPool }) => {
  const session = tidbPool.session('stranger', { user: 'no_such_user', password: 'wrong' })
  await expect(session).toFailIn('Connecting', { errno: 1045, code: 'ER_ACCESS_DENIED_ERROR' })
  expect(session.error?.sqlState).toBe('28000')
  expect(session.history.at(-1)?.attempts).toBe(1)
})

test('TLS that is demanded and not offered fails', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const session = tidbPool.session('wants-tls', { ...server.settings, tls: true })
  await expect(session).toFailIn('Connecting', { code: 'HANDSHAKE_NO_SSL_SUPPORT' })
})

test('an unknown authority fails, and the right one is trusted', async ({ startTiDB, tidbPool }) => {
  const { certificates } = await import('../../fixtures/certificates.ts')
  using files = certificates()
  // The configuration names files of this machine: a container would not see them.
  const server = await startTiDB({ provider: 'binary', serverConfig: files.serverConfig })
  const stranger = tidbPool.session('stranger', { ...server.settings, tls: true })
  await expect(stranger).toFailIn('Connecting', { code: 'HANDSHAKE_SSL_ERROR' })
  const friend = tidbPool.session('friend', { ...server.settings, tlsCa: files.ca })
  expect((await friend.connecting()).tls).toBe(true)
  const rows = await friend.query<{ Value: string }>("show status like 'Ssl_cipher'")
  expect(rows[0]?.Value).not.toBe('')
})

test('a client certificate that the server demands is shown', async ({ startTiDB, tidbPool }) => {
  const { certificates } = await import('../../fixtures/certificates.ts')
  using files = certificates()
  const server = await startTiDB({ provider: 'binary', serverConfig: files.serverConfig })
  const root = tidbPool.session('root', { ...server.settings, tlsCa: files.ca })
  await root.query('create user holder require x509')
  const holder = { ...server.settings, user: 'holder', tlsCa: files.ca }
  await expect(tidbPool.session('without', holder)).toFailIn('Connecting', { errno: 1045 })
  const shown = { ...holder, tlsCert: files.clientCert, tlsKey: files.clientKey }
  await expect(tidbPool.session('with', shown)).toReach('TestingConnection')
})

test('a dead server is not dialled a thousand times', async ({ tidbPool }) => {
  const port = await closedPort()
  const settings = { host: '127.0.0.1', port, retries: 0 }
  const outcome = await tidbPool.run(1000, (session) => session.connecting(), {
    settings,
    onFailure: 'settle',
    concurrency: 1,
  })
  expect(outcome.values).toEqual([])
  expect(outcome.failed).toHaveLength(1000)
  const dialled = outcome.failed.filter(({ error }) => !(error as Error).message.includes('not dialled'))
  // Five failures open the breaker; one more dial every five seconds is let through.
  expect(dialled.length).toBeGreaterThanOrEqual(5)
  expect(dialled.length).toBeLessThan(15)
  expect(BreakerOpenError).toBeDefined()
})
