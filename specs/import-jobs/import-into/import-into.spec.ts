import { randomUUID } from 'node:crypto'
import { describe, inject } from 'vitest'
import { expect, type ImportJobs, type Session } from 'vitest-tidb'
import { delimitedCases, importOnlyCases, people, peopleTable } from '../../../fixtures/import-cases/cases.ts'
import {
  checksumQueryOf,
  expectedOf,
  importStatement,
  type ImportCase,
} from '../../../fixtures/import-cases/import-case.ts'
import { test as base } from '../../../fixtures/import-test.ts'
import { generate, sequence, text } from '../../../src/data/index.ts'
import { ServerFiles, whyServerReadsNothing } from '../../../fixtures/import-cases/server-files.ts'

// IMPORT INTO that really imports, with the data that LOAD DATA is given too: on the server of the run if it has a TiKV
// below, else on a cluster that the tests of this file share.

const RUN = { timeout: 300_000 }
const WITHIN = { within: '4m' }

const here = base
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the pattern
  .extend('folder', ({}, { onCleanup }) => {
    const folder = new ServerFiles()
    onCleanup(() => folder[Symbol.dispose]())
    return folder
  })
  .extend('clusterOptions', { nodes: 1 })

const test =
  inject('tidb').store === 'tikv'
    ? here
        .extend('ownDatabase', ({ database = '' }): string => database)
        .extend('session', ({ tidb, tidbServer, skip }): Session => {
          const why = whyServerReadsNothing(tidbServer)
          skip(why !== undefined, why)
          return tidb
        })
        .extend('jobs', ({ importJobs }): ImportJobs => importJobs)
    : here
        .extend('ownDatabase', async ({ cluster, tidbPool }, { onCleanup }) => {
          const name = `imports_${randomUUID().replaceAll('-', '_')}`
          const admin = tidbPool.session('admin', { node: cluster.nodes[0] })
          await admin.query(`create database ${name}`)
          onCleanup(async () => {
            await admin.query(`drop database ${name}`)
          })
          return name
        })
        .extend('session', ({ cluster, ownDatabase, tidbPool }): Session => {
          const [node] = cluster.nodes
          return tidbPool.session('session', { ...node?.settings, database: ownDatabase })
        })
        .extend('jobs', ({ cluster, ownDatabase, importJobs }): ImportJobs => {
          const [node] = cluster.nodes
          const { host = '', port, ...settings } = { ...node?.settings, database: ownDatabase }
          const place = { host, port: Number(port) }
          const own = { ...place, statusPort: undefined, logFile: undefined, stop: () => Promise.resolve() }
          return importJobs.on({ ...own, settings: { ...place, ...settings } })
        })

/** How many rows an import of the case brings in. */
const rowsOf = ({ data, files = [data] }: ImportCase) => files.reduce((sum, { count }) => sum + count, 0)

// An import mostly waits for the server's own steps: several at once take half the time.
describe.concurrent('IMPORT INTO', () => {
  test.for([...delimitedCases, ...importOnlyCases])(
    '$name',
    RUN,
    async (importCase, { session: tidb, jobs, folder }) => {
      const { table, asked = {}, importFails } = importCase
      await tidb.query(`create table item ${table}`)
      const values = [await folder.writeCase(importCase)]
      const job = await jobs.start(importStatement(importCase), { values })
      if (importFails !== undefined) {
        await expect(job).toFailImport(importFails, WITHIN)
        return
      }
      await expect(job).toFinish(WITHIN)
      await expect(job).toHaveImported(rowsOf(importCase))
      expect(await tidb.query(checksumQueryOf(importCase))).toEqual([expectedOf(importCase)])
      for (const [question, answer] of Object.entries(asked)) {
        const [row] = await tidb.query(`select ${question} as answer from item`)
        expect(Number(row?.answer), question).toBe(answer)
      }
      await tidb.query('admin check table item')
    },
  )

  test.for([
    [['thread=1', "max_write_speed='10MiB'"]],
    [['THREAD=4', "disk_quota='50GiB'", 'record_errors=5', 'disable_tikv_import_mode']],
    [['split_file', "lines_terminated_by='\\n'", "fields_defined_null_by='\\\\N'"]],
    [["checksum_table='optional'", 'disable_precheck']],
  ] as const)('with %j', RUN, async ([options], { session: tidb, jobs, folder }) => {
    const importCase: ImportCase = { name: 'options', table: peopleTable, data: people, format: 'csv' }
    await tidb.query(`create table item ${peopleTable}`)
    const values = [await folder.writeCase(importCase)]
    const job = await jobs.start(importStatement(importCase, options), { values })
    await expect(job).toFinish(WITHIN)
    expect(await tidb.query(checksumQueryOf(importCase))).toEqual([expectedOf(importCase)])
  })

  test('without DETACHED the answer is the finished job', RUN, async ({ session: tidb, folder }) => {
    const importCase: ImportCase = { name: 'attached', table: peopleTable, data: people, format: 'csv' }
    await tidb.query(`create table item ${peopleTable}`)
    const [job] = await tidb.query(importStatement(importCase), [await folder.writeCase(importCase)])
    expect(job).toMatchObject({ Status: 'finished', Imported_Rows: people.count })
    expect(await tidb.query(people.checksumQuery('item'))).toEqual([people.checksum()])
  })

  test('FROM SELECT takes the rows of another table', RUN, async ({ session: tidb }) => {
    await tidb.query(`create table source ${peopleTable}`)
    await tidb.query(`create table item ${peopleTable}`)
    for (const insert of people.inserts({ table: 'source' })) await tidb.query(insert)
    const imported = await tidb.query('import into item from select * from source')
    expect(imported.affectedRows).toBe(people.count)
    expect(await tidb.query(people.checksumQuery('item'))).toEqual([people.checksum()])
  })

  test('several at once, each watched to its end', RUN, async ({ session: tidb, jobs, folder }) => {
    const importCase: ImportCase = { name: 'one of several', table: peopleTable, data: people, format: 'csv' }
    const path = await folder.writeCase(importCase)
    const tables = ['item_1', 'item_2', 'item_3']
    for (const table of tables) await tidb.query(`create table ${table} ${peopleTable}`)
    const started = await Promise.all(
      tables.map((table) => jobs.start(`import into ${table} from ?`, { values: [path] })),
    )
    for (const job of started) await expect(job).toFinish(WITHIN)
    for (const table of tables) expect(await tidb.query(people.checksumQuery(table))).toEqual([people.checksum()])
  })

  test(
    'one that is cancelled while it imports leaves the table empty',
    RUN,
    async ({ session: tidb, jobs, folder }) => {
      await tidb.query('create table item (id bigint primary key, note varchar(2000))')
      const data = generate({ seed: 7, rows: 20_000, columns: { id: sequence(), note: text({ length: 1_000 }) } })
      const importCase: ImportCase = { name: 'cancelled', table: '', data, format: 'csv' }
      const values = [await folder.writeCase(importCase)]
      // As slow as it goes: it must still run when it is cancelled.
      const job = await jobs.start(importStatement(importCase, ['thread=1', "max_write_speed='1MiB'"]), { values })
      await job.until('to import', ({ job: { phase } }) => phase === 'importing', WITHIN)
      await jobs.cancel(job)
      await expect(job).toBeCancelled(WITHIN)
      expect(await tidb.query('select count(*) as count from item')).toEqual([{ count: 0 }])
    },
  )
})
