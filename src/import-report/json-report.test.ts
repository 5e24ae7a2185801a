import { expect, test } from 'vitest'
import { hostileRecord, variedRecords } from '../../fixtures/import-records.ts'
import { factsOf } from './facts.ts'
import { importReportJson, type ImportReportJson } from './json-report.ts'
import { byUrgency } from './standing.ts'

test('the data hold every record as it was, the most urgent first', () => {
  const records = variedRecords()
  const facts = factsOf(records)
  const data = JSON.parse(importReportJson(records, facts)) as ImportReportJson
  expect(data).toMatchObject({
    version: 1,
    ...facts,
    counts: { failed: 3, unfinished: 1, slower: 1, unknown: 1, fine: 2 },
  })
  expect(data.jobs).toMatchObject(JSON.parse(JSON.stringify(byUrgency(records))) as object[])
  expect(data.jobs.map(({ standing }) => standing)).toEqual([
    'failed',
    'failed',
    'failed',
    'unfinished',
    'slower',
    'unknown',
    'fine',
    'fine',
  ])
  expect(data.servers).toHaveLength(2)
})

test('hostile texts come back as they were', () => {
  const record = hostileRecord()
  const data = JSON.parse(importReportJson([record], factsOf([record]))) as ImportReportJson
  expect(data.jobs[0]).toMatchObject({ name: record.name, message: record.message, rows: '18446744073709551615' })
})
