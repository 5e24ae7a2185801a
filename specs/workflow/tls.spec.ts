import { createPool, type RowDataPacket } from 'mysql2/promise'
import { inject } from 'vitest'
import { expect, loadConfig, test as base, workflow, type Settings } from 'vitest-tidb'
import { createSession } from '../../src/workflow/session.ts'
import { certificates } from '../../fixtures/certificates.ts'
import { connectionOptions } from '../../src/fixtures/connection-options.ts'
import { RunServer } from '../../src/fixtures/server.ts'
import { startOwnServer } from '../../src/fixtures/own-server.ts'
import { presentBinary } from '../../src/server/binary.ts'
import { startServer } from '../../src/server/choose.ts'
import { WarmConnections } from '../../src/connection/warm-connections.ts'

const ALONE = { env: {}, envFile: false } as const

/** A server of our own that offers TLS, one for all tests of this file; a container would not see its files. */
// oxlint-disable-next-line no-empty-pattern -- vitest reads the pattern
const test = base.extend('secured', { scope: 'file' }, async ({}, { onCleanup }) => {
  const files = certificates()
  const { config } = loadConfig({
    options: { serverConfig: files.serverConfig },
    env: { ...process.env, TIDB_PROVIDER: 'binary' },
  })
  const server = (await presentBinary(config)) === undefined ? undefined : await startServer(config)
  onCleanup(async () => {
    await server?.stop()
    files[Symbol.dispose]()
  })
  const { host = '', port = 0, user = 'root' } = server ?? {}
  const settings: Settings = { host, port, user, password: '', database: undefined, tls: false }
  return { there: server !== undefined, files, settings, tls: { ...settings, tlsCa: files.ca } satisfies Settings }
})

test.beforeEach(({ secured, skip }) => skip(!secured.there, 'no tidb-server is here yet'))

test('the certificate is verified against the address that was dialled', async ({ tidbPool, secured }) => {
  const { files, tls } = secured
  const byName = { ...tls, host: 'localhost' }
  const admin = tidbPool.session('admin', tls)

  files.reissue('DNS:localhost')
  await admin.query('alter instance reload tls')
  expect((await tidbPool.session('name', byName).connecting()).tls).toBe(true)
  const stranger = tidbPool.session('stranger', tls)
  await expect(stranger).toFailIn('Connecting', {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    message: "127.0.0.1 is not in the cert's list",
  })
  expect(stranger.error?.hints.join()).toContain('set TIDB_HOST to a name that the certificate is for')

  files.reissue('IP:127.0.0.1')
  await admin.query('alter instance reload tls')
  expect((await tidbPool.session('address', tls).connecting()).tls).toBe(true)
  await expect(tidbPool.session('misnamed', byName)).toFailIn('Connecting', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
})

test('TLS that is off over a base with it is off, and the other way round', async ({ secured }) => {
  const { config: encrypted } = loadConfig({ options: secured.tls, ...ALONE })
  const { config: clear } = loadConfig({ options: secured.settings, ...ALONE })
  const off = createSession(workflow, { base: encrypted, options: { tls: false }, ...ALONE })
  const on = createSession(workflow, { base: clear, options: { tlsCa: secured.files.ca }, ...ALONE })
  try {
    expect((await off.connecting()).tls).toBe(false)
    expect(await off.query("show status like 'Ssl_cipher'")).toMatchObject([{ Value: '' }])
    expect((await on.connecting()).tls).toBe(true)
    const [cipher] = await on.query<{ Value: string }>("show status like 'Ssl_cipher'")
    expect(cipher?.Value).not.toBe('')
  } finally {
    await Promise.all([off.close(), on.close()])
  }
})

test('a warm connection in clear is not given to whoever asks for TLS, nor the reverse', async ({
  secured,
  tidbPool,
}) => {
  await using warm = new WarmConnections(2)
  const address = (options: Settings) => {
    const { config } = loadConfig({ options, ...ALONE })
    return { ...config, host: config.host ?? '' }
  }
  const [clear, encrypted] = [address(secured.settings), address(secured.tls)]
  const { TiDBConnection } = await import('vitest-tidb')
  warm.keep(await TiDBConnection.open(clear, { keepsDefaults: true }))
  await warm.settled()
  expect(warm.discarded).toEqual([])
  expect(warm.take(encrypted, 'wants TLS')).toBeUndefined()
  // System authorities only: TLS as well, without a file that tells it apart.
  expect(warm.take({ ...encrypted, tlsMaterial: {} }, 'wants TLS')).toBeUndefined()
  await using taken = warm.take(clear, 'wants none')
  expect(taken).toBeDefined()
  await tidbPool.session('x', secured.settings).testingConnection()
})

test("a driver of the user's own accepts and refuses the same certificates", async ({ tidbPool, secured }) => {
  const { files, tls } = secured
  const admin = tidbPool.session('admin', tls)
  const cipher = async (settings: Settings) => {
    const { config } = loadConfig({ options: settings, ...ALONE })
    const pool = createPool(await connectionOptions({ ...config, host: config.host ?? '' }, undefined))
    try {
      const [rows] = await pool.query<RowDataPacket[]>("show status like 'Ssl_cipher'")
      return String(rows[0]?.['Value'])
    } finally {
      await pool.end()
    }
  }

  files.reissue('IP:127.0.0.1')
  await admin.query('alter instance reload tls')
  expect(await cipher(tls)).not.toBe('')
  await expect(cipher({ ...tls, host: 'localhost' })).rejects.toThrow('Host: localhost. is not')

  files.reissue('DNS:localhost')
  const again = tidbPool.session('again', secured.settings)
  await again.query('alter instance reload tls')
  expect(await cipher({ ...tls, host: 'localhost' })).not.toBe('')
  await expect(cipher(tls)).rejects.toThrow("127.0.0.1 is not in the cert's list")

  files.reissue('DNS:localhost,IP:127.0.0.1')
  await again.query('alter instance reload tls')
})

test('whether a statement waits is asked as its session was dialled', async ({ tidbPool, secured }) => {
  const bob = tidbPool.session('bob', secured.tls)
  await bob.query('create user alice')
  await bob.query('grant all on *.* to alice')
  const inClear: Settings = { ...secured.settings, user: 'alice' }
  const alice = tidbPool.session('alice', inClear)
  await alice.query('create table test.seat (id int primary key, taken_by varchar(10))')
  await alice.query("insert into test.seat values (1, 'alice')")
  // Not require_secure_transport, which v8.5 forgets now and then.
  await bob.query('alter user alice require ssl')
  await expect.poll(() => isRefused(inClear)).toBe(true)

  await bob.query('begin')
  await bob.query("update test.seat set taken_by = 'bob' where id = 1")
  const late = alice.send("update test.seat set taken_by = 'carol' where id = 1")
  await expect(expect(late).toBeBlocked({ within: '1s' })).rejects.toThrow('could not be asked')
  await bob.query('rollback')
  await late

  await alice.query('begin')
  await alice.query("update test.seat set taken_by = 'alice' where id = 1")
  const write = bob.send("update test.seat set taken_by = 'bob' where id = 1")
  await expect(write).toBeBlocked()
  await alice.query('rollback')
  await write
})

async function isRefused(settings: Settings): Promise<boolean> {
  await using probe = createSession(workflow, { options: { ...settings, retries: 0 }, ...ALONE })
  return probe.connecting().then(
    () => false,
    () => true,
  )
}

test('a server of our own beside a host with TLS is spoken to in clear', async ({
  secured,
  signal,
  skip,
  task,
  annotate,
}) => {
  const provided = inject('tidb')
  const { tlsCa } = secured.tls
  const overTls = new RunServer({ ...provided, settings: { ...provided.settings, tls: true, tlsCa } })
  expect(overTls.config.tls).toBe(true)
  const own = await startOwnServer(overTls, { provider: 'binary' }, { signal, skip, task, annotate })
  const session = createSession(workflow, { base: overTls.config, options: own.settings, ...ALONE })
  try {
    expect((await session.connecting()).tls).toBe(false)
  } finally {
    await session.close()
    await own.stop()
  }
})

test('an account that needs TLS has the hint to turn it on', async ({ tidbPool, secured }) => {
  const admin = tidbPool.session('admin', secured.tls)
  await admin.query('create user guarded require ssl')
  const guarded = tidbPool.session('guarded', { ...secured.settings, user: 'guarded' })
  await expect(guarded).toFailIn('Connecting', { errno: 1045 })
  expect(guarded.error?.hints.join()).toContain('TIDB_TLS')
  const encrypted = tidbPool.session('encrypted', { ...secured.tls, user: 'no_such_user', retries: 0 })
  await expect(encrypted).toFailIn('Connecting', { errno: 1045 })
  expect(encrypted.error?.hints.join()).not.toContain('TIDB_TLS')

  await admin.query('set global require_secure_transport = on')
  const clear = tidbPool.session('clear', secured.settings)
  await expect(clear).toFailIn('Connecting', { errno: 3159 })
  expect(clear.error?.hints.join()).toContain('set TIDB_TLS to true')
})
