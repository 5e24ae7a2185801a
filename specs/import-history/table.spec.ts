import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, type OwnServer } from 'vitest-tidb'
import { Secret } from '../../src/config/secret.ts'
import { openHistory } from '../../src/import-history/open-history.ts'
import { importSummary, nights } from './import-summaries.ts'
import { test } from './test.ts'

const NAME = '`shop`.`orders`'
const DAY_MS = 86_400_000

function urlOf({ host, port }: OwnServer, user: string, database = 'metrics'): string {
  return `tidb://${user}@${host}:${port}/${database}`
}

test('what is appended is read again, oldest first, by any who open the table', async ({ history, openHistoryAt }) => {
  const summaries = nights([1, 2, 3, 4, 5])
  for (const summary of summaries) await history.append(summary)
  expect(await history.last(NAME, 3)).toEqual({ summaries: summaries.slice(2), warnings: [] })
  expect((await openHistoryAt().last(NAME, 100)).summaries).toEqual(summaries)
  expect(await history.last('`shop`.`others`', 3)).toEqual({ summaries: [], warnings: [] })
})

test('the record is JSON that SQL can ask', async ({ history, tidb, database = '' }) => {
  await history.append(importSummary(0, { rows: '18446744073709551615', message: 'a "b"\n💥' }))
  const [row] = await tidb.query<Record<string, unknown>>(
    `select v, name, at, outcome, record->>'$.rows' as n, record->>'$.message' as message,
       record->'$.durationMs' + 0 as ms from import_history`,
    [],
    { dateStrings: true },
  )
  const at = importSummary(0).at.replace('T', ' ').replace('Z', '')
  expect(row).toEqual({
    ...{ v: 1, name: NAME, at, outcome: 'finished', n: '18446744073709551615', message: 'a "b"\n💥', ms: 1_000_500 },
  })
  expect(history.describe()).toContain(`\`${database}\`.import_history`)
})

test('the query of docs/import-history.md tells the pace of the last nights', async ({ history, tidb }) => {
  await history.append(importSummary(0))
  await history.append(importSummary(1, { rows: '9007199254740993' }))
  await history.append(importSummary(2, { outcome: 'failed' }))
  const docs = readFileSync(new URL('../../docs/import-history.md', import.meta.url), 'utf8')
  const [, query = ''] = /```sql\n(select at.*?);\n```/s.exec(docs) ?? []
  const { rows = 0, durationMs = 0 } = importSummary(0)
  const paces = (await tidb.query<{ rows_per_second: number | string }>(query)).map((row) =>
    Number(row.rows_per_second),
  )
  expect(paces[0]).toBeCloseTo((2 ** 53 / durationMs) * 1_000, -3)
  expect(paces[1]).toBeCloseTo((Number(rows) / durationMs) * 1_000, 3)
  expect(paces).toHaveLength(2)
})

test('names are apart by case, accent and the blanks at their end', async ({ history }) => {
  const names = ['orders', 'Orders', 'órders', 'orders ', '💥', 'x'.repeat(700)]
  for (const [night, name] of names.entries()) await history.append(importSummary(night, { name }))
  for (const [night, name] of names.entries()) {
    expect((await history.last(name, 5)).summaries).toEqual([importSummary(night, { name })])
  }
  const tooLong = history.append(importSummary(0, { name: 'x'.repeat(701) }))
  await expect(tooLong).rejects.toThrow(/can't append to the history .*\n.*1406.*\n {2}try: a name may be 700/)
})

test('the same twice is there once, and a job that several shards watched counts once', async ({ history, tidb }) => {
  await history.append(importSummary(0))
  await history.append(importSummary(0))
  expect(await tidb.query('select id from import_history')).toHaveLength(1)
  // More than one page of the same job lies before the others.
  for (let minute = 0; minute < 50; minute += 1) {
    const at = new Date(Date.parse(importSummary(1).at) + minute * 60_000).toISOString()
    await history.append(importSummary(1, { at }))
  }
  const { summaries } = await history.last(NAME, 5)
  expect(summaries.map(({ jobId, at }) => [jobId, at])).toEqual([
    ['1', importSummary(0).at],
    ['2', new Date(Date.parse(importSummary(1).at) + 49 * 60_000).toISOString()],
  ])
})

test('can be asked for by what it came to, and without one job', async ({ history }) => {
  await history.append(importSummary(0))
  await history.append(importSummary(1, { outcome: 'failed' }))
  await history.append(importSummary(2))
  const { summaries } = await history.last(NAME, 1, { outcome: 'finished', exclude: importSummary(2, { run: 'x' }) })
  expect(summaries).toEqual([importSummary(0)])
})

test('what a clock in the future has dated counts as oldest', async ({ history }) => {
  for (const night of [0, 1, 2]) {
    await history.append(importSummary(night + 10, { at: `2999-01-0${night + 1}T00:00:00.000Z` }))
    await history.append(importSummary(night))
  }
  const { summaries } = await history.last(NAME, 4)
  expect(summaries.map(({ jobId }) => jobId)).toEqual(['13', '1', '2', '3'])
})

test('many that append at once, the table made by whoever comes first', async ({ openHistoryAt }) => {
  const histories = Array.from({ length: 12 }, () => openHistoryAt())
  await Promise.all(
    histories.map(async (history, shard) => {
      for (let night = 0; night < 20; night += 1)
        await history.append(importSummary(night, { host: `shard-${shard}:1` }))
    }),
  )
  const { summaries, warnings } = await openHistoryAt().last(NAME, 1_000)
  expect(summaries).toHaveLength(12 * 20)
  expect(warnings).toEqual([])
})

test('a row that can not be read is left out, and stays', async ({ history, tidb }) => {
  await history.append(importSummary(0))
  await history.append(importSummary(1))
  await history.append(importSummary(2))
  await tidb.query(`update import_history set record = '{"v":2}' where record->>'$.jobId' = '2'`)
  await tidb.query(`update import_history set record = json_remove(record, '$.host') where record->>'$.jobId' = '1'`)
  const { summaries, warnings } = await history.last(NAME, 5)
  expect(summaries).toEqual([importSummary(2)])
  expect(warnings).toEqual([
    expect.stringMatching(/row [\da-f]{64} is in format 2, and this vitest-tidb reads format 1: .*; left out$/),
    expect.stringMatching(/row [\da-f]{64} can't be read: host: .*; left out$/),
  ])
  expect(await tidb.query('select id from import_history')).toHaveLength(3)
})

test('a table of a newer version is not touched', async ({ history, openHistoryAt, tidb }) => {
  await history.append(importSummary(0))
  await tidb.query("alter table import_history comment 'vitest-tidb history of import jobs, format 2'")
  const later = openHistoryAt()
  for (const fail of [() => later.append(importSummary(1)), () => later.last(NAME, 5)]) {
    const failure = fail()
    await expect(failure).rejects.toThrow(
      /^the table .* is in format 2, and this vitest-tidb reads format 1: update vitest-tidb .*\n {2}try: name another/,
    )
    await expect(failure).rejects.toHaveProperty('code', 'TIDB_HISTORY_FAILED')
  }
})

test("nor is somebody else's table of that name", async ({ history, tidb }) => {
  await tidb.query('create table import_history (id int)')
  await expect(history.append(importSummary(0))).rejects.toThrow(/import_history at .* is not a history of import jobs/)
})

test('a connection that was lost is made anew', async ({ history, tidb, database = '' }) => {
  await history.append(importSummary(0))
  const kill = async () => {
    const found = await tidb.query<{ id: number }>(
      'select id from information_schema.processlist where db = ? and id <> connection_id()',
      [database],
    )
    expect(found).toHaveLength(1)
    await tidb.query(`kill tidb ${found[0]?.id}`)
  }
  await kill()
  await history.append(importSummary(1))
  await kill()
  expect((await history.last(NAME, 5)).summaries).toHaveLength(2)
})

test('a server that is gone is told with its place, and without the password', async ({ startTiDB, openHistoryAt }) => {
  const server = await startTiDB()
  const history = openHistoryAt(urlOf(server, 'root'))
  await history.append(importSummary(0))
  await server.stop()
  for (const fail of [() => history.append(importSummary(1)), () => history.last(NAME, 5)]) {
    const failure = fail()
    await expect(failure).rejects.toHaveProperty('code', 'TIDB_HISTORY_FAILED')
    await expect(failure).rejects.toThrow(
      new RegExp(
        `the table \`metrics\`\\.import_history at ${server.host}:${server.port}\n.*ECONN.*\n  try: check host`,
      ),
    )
  }
})

test('rights: reading and appending is enough, once the table is there', async ({
  startTiDB,
  tidbPool,
  openHistoryAt,
}) => {
  const server = await startTiDB()
  const admin = tidbPool.session('admin', { ...server.settings, database: 'test' })
  await admin.query("create user 'reporter' identified by 'hunter2'")
  const url = urlOf(server, 'reporter:hunter2')
  await expect(openHistoryAt(url).append(importSummary(0))).rejects.toThrow(
    /can't append to the history .*\n.*1044.*\n {2}try: grant the user of TIDB_IMPORT_HISTORY_URL SELECT and INSERT/,
  )
  // The database is made if it is missing.
  await openHistoryAt(urlOf(server, 'root')).append(importSummary(0))
  await admin.query("grant select, insert on metrics.* to 'reporter'")
  const history = openHistoryAt(url)
  await history.append(importSummary(1))
  expect((await history.last(NAME, 5)).summaries).toHaveLength(2)
  const wrong = openHistoryAt(urlOf(server, 'reporter:swordfish')).last(NAME, 5)
  await expect(wrong).rejects.toThrow(/1045.*\n {2}try: check user and password in TIDB_IMPORT_HISTORY_URL/)
  await expect(wrong).rejects.not.toThrow(/swordfish/)
})

test('times are those of the record, whatever zone the server is in', async ({
  startTiDB,
  tidbPool,
  openHistoryAt,
}) => {
  const server = await startTiDB()
  const admin = tidbPool.session('admin', { ...server.settings, database: 'test' })
  await admin.query("set global time_zone = '+09:00'")
  const history = openHistoryAt(urlOf(server, 'root'))
  // Within a day ahead of this clock is believed, and no more.
  const ahead = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString()
  await history.append(importSummary(0))
  await history.append(importSummary(1, { at: ahead(0.9) }))
  await history.append(importSummary(2, { at: ahead(1.1) }))
  const { summaries } = await history.last(NAME, 3)
  expect(summaries.map(({ jobId }) => jobId)).toEqual(['3', '1', '2'])
})

test('a server that says nothing is given up', async ({ onTestFinished }) => {
  const sockets: Socket[] = []
  const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    silent.close()
  })
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const importHistoryUrl = new Secret(`tidb://root@127.0.0.1:${port}/metrics`)
  await using history = openHistory({ importHistoryUrl, connectTimeoutMs: 100 })
  await expect(history?.last(NAME, 5)).rejects.toThrow(
    /^can't read the history .*\n {2}server said: waited 100 ms for the greeting of .*\n {2}try: check host and port/,
  )
})
