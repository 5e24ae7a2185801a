import { vi } from 'vitest'
import { expect, test as base } from 'vitest-tidb'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { serverEnv } from '../../fixtures/server-env.ts'
import { stallingServer } from '../../fixtures/stalling-server.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { findForeignConnections } from '../../src/fixtures/connection-options.ts'
import { DatabaseStock } from '../../src/global-setup/database-stock.ts'
import { StockFolder } from '../../src/global-setup/stock-folder.ts'

// Every statement that we send ourselves has a deadline: a server that falls silent ends no run by not ending it.

const QUICKLY = { stateTimeoutMs: 600, connectTimeoutMs: 500 }
/** On a cluster each DDL statement may take half a second more: that of a node which does not own the DDL. */
const PATIENTLY = { stateTimeoutMs: 4_000, connectTimeoutMs: 4_000 }
const SLOW = { timeout: 180_000 }
let stocks = 0

const test = base
  .extend('between', async ({ tidbServer }, { onCleanup }) => {
    const between = await stallingServer(tidbServer)
    onCleanup(() => between[Symbol.asyncDispose]())
    return between
  })
  .extend('prefix', () => `vitest_tidb_silent_${process.pid}_${(stocks += 1)}_`)
  .extend('limits', ({ tidbServer }) => (tidbServer.provider === 'cluster' ? PATIENTLY : QUICKLY))
  .extend('stock', ({ tidbServer, between, prefix, limits }, { onCleanup }) => {
    const temp = tempFolder()
    const { port, host } = between
    const address = { ...tidbServer.config, ...limits, host, port }
    const stock = new DatabaseStock(new StockFolder(temp.path), address, prefix, { first: 2, most: 2 })
    onCleanup(() => {
      stock.abandon()
      temp[Symbol.dispose]()
    })
    return stock
  })
  .extend('existing', ({ tidb, prefix }) => async (drop = false) => {
    const rows = await tidb.query<{ name: string }>(
      'select schema_name as name from information_schema.schemata where left(schema_name, ?) = ?',
      [prefix.length, prefix],
    )
    if (drop) for (const { name } of rows) await tidb.query(`drop database ${name}`)
    return rows.map(({ name }) => name)
  })

test('a stock whose first database is never made', SLOW, async ({ stock, between, existing }) => {
  between.swallows = /create database/
  await stock.start()
  await expect(stock.prove()).rejects.toThrow(
    /^waited (?:600 ms|4 s) for database stock's statement: create database [^]*\n {2}try: TIDB_STATE_TIMEOUT_MS is this/,
  )
  await stock.stop()
  expect(await existing()).toEqual([])
})

test('a stock that is not dropped is told by name, and in time', SLOW, async ({ stock, between, existing }) => {
  await stock.start()
  await stock.prove()
  between.swallows = /drop database/
  const stopped = stock.stop()
  await expect(stopped).rejects.toMatchObject({ code: 'TIDB_DATABASE_STOCK' })
  const left = await existing(true)
  expect(left).toHaveLength(2)
  await expect(stopped).rejects.toThrow(`could not be dropped at 127.0.0.1:${between.port}: ${left.join(', ')}\n`)
})

test('a stock whose idle connection was cut dials again', SLOW, async ({ stock, between, existing }) => {
  await stock.start()
  await stock.prove()
  between.cut()
  await stock.stop()
  expect(await existing()).toEqual([])
})

test('a stock whose server is gone says what it left', SLOW, async ({ stock, between, existing }) => {
  await stock.start()
  await stock.prove()
  between.close()
  between.cut()
  await expect(stock.stop()).rejects.toThrow(/could not be dropped at [^]*_1, [^]*_2\n {2}server said: ECONNREFUSED/)
  expect(await existing(true)).toHaveLength(2)
})

test(
  'a connection that is reset while the stock is filled costs nothing',
  SLOW,
  async ({ stock, between, existing }) => {
    between.swallows = /create database/
    const started = stock.start()
    await vi.waitUntil(() => between.swallowed > 0, { timeout: 10_000 })
    between.swallows = undefined
    between.cut()
    await started
    await stock.prove()
    expect(await existing()).toHaveLength(2)
    await stock.stop()
  },
)

test('a statement whose KILL QUERY is not answered', async ({ tidbPool, between }) => {
  const { host, port } = between
  const session = tidbPool.session('stuck', { host, port })
  await session.query('select 1')
  between.swallows = /kill/
  const asleep = session.query('select sleep(4)')
  // As at the end of a test that timed out.
  await Promise.all([session.close(), expect(asleep).rejects.toThrow('the connection was cut')])
  expect(between.swallowed).toBe(1)
})

test('the query for connections that were left open', async ({ tidbServer, between, database }) => {
  between.swallows = /processlist/
  const { host, port } = between
  const server = { host, config: { ...tidbServer.config, ...QUICKLY, port } }
  await expect(findForeignConnections(server, database, [])).rejects.toThrow(
    "waited 600 ms for end of the test's statement: select id from information_schema.processlist",
  )
})

test.override({ tidbPoolOptions: { warm: true } })

test('a warm connection whose reset is not answered', async ({ tidbPool, tidbWarm, between }) => {
  const { host, port } = between
  const session = tidbPool.session('warm', { host, port, ...QUICKLY, database: undefined })
  await session.query('select 1')
  // COM_RESET_CONNECTION, https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_reset_connection.html
  between.swallows = { test: (packet) => packet === '\x01\0\0\0\x1f' }
  await session.close()
  await tidbWarm.settled()
  expect(tidbWarm.discarded.at(-1)).toBe("waited 600 ms for warm's reset of the connection")
})

test(
  'a run at whose end the server is silent ends, and the watchdog tries once more',
  SLOW,
  async ({ between, tidb, limits }) => {
    const { host, port } = between
    const env = {
      ...serverEnv(),
      TIDB_HOST: host,
      TIDB_PORT: String(port),
      TIDB_STATE_TIMEOUT_MS: String(limits.stateTimeoutMs + 400),
    }
    const run = runVitest('passing', { env })
    between.swallows = /drop database/
    await vi.waitUntil(() => between.swallowed > 0, { timeout: 30_000 })
    between.swallows = undefined
    const { status, output } = await run
    expect(status).toBe(1)
    const [, names] = /databases of this run could not be dropped at \S+: (.*)/.exec(output) ?? []
    const left = names?.split(', ') ?? []
    expect(left[0]).toMatch(/^vitest_tidb_/)
    const existing = () => tidb.query('select 1 from information_schema.schemata where schema_name in (?)', [left])
    await vi.waitUntil(async () => (await existing()).length === 0, { timeout: 10_000 })
  },
)
