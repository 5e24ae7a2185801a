import { expect, test as base } from 'vitest-tidb'
import { delimitedCases, importOnlyCases, people, peopleTable } from '../../../fixtures/import-cases/cases.ts'
import {
  checksumQueryOf,
  expectedOf,
  importStatement,
  type ImportCase,
} from '../../../fixtures/import-cases/import-case.ts'
import { ServerFiles, whyServerReadsNothing } from '../../../fixtures/import-cases/server-files.ts'

// IMPORT INTO that really imports, with the data that LOAD DATA is given too. It needs a server with a TiKV below.

const test = base.extend('folder', async ({ tidbServer, skip }, { onCleanup }) => {
  const { store } = tidbServer
  skip(store !== 'tikv', `needs a TiKV to ingest into: IMPORT INTO of this server (${store}) stops before it`)
  const why = whyServerReadsNothing(tidbServer)
  skip(why !== undefined, why)
  const folder = new ServerFiles()
  onCleanup(() => folder[Symbol.dispose]())
  return folder
})

const RUN = { timeout: 300_000 }
const WITHIN = { within: '4m' }

/** How many rows an import of the case brings in. */
const rowsOf = ({ data, files = [data] }: ImportCase) => files.reduce((sum, { count }) => sum + count, 0)

test.for([...delimitedCases, ...importOnlyCases])('$name', RUN, async (importCase, { tidb, importJobs, folder }) => {
  const { table, asked = {}, importFails } = importCase
  await tidb.query('set global time_zone = @@global.time_zone')
  await tidb.query(`create table item ${table}`)
  const values = [await folder.writeCase(importCase)]
  const job = await importJobs.start(importStatement(importCase), { values })
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
})
