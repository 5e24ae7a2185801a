import { expect, test } from 'vitest-tidb'
import { delimitedCases, everyKind, everyKindTable } from '../../../fixtures/import-cases/cases.ts'
import {
  checksumQueryOf,
  expectedOf,
  fileNameOf,
  fileOf,
  loadStatement,
} from '../../../fixtures/import-cases/import-case.ts'

// LOAD DATA LOCAL on every server, with the data that IMPORT INTO is given too.

test.for(delimitedCases)('$name', async (importCase, { tidb }) => {
  const { table, asked = {}, warnings = 0 } = importCase
  // A TIMESTAMP of the data is in UTC: other zones have hours that do not exist.
  await tidb.query("set time_zone = '+00:00'")
  await tidb.query(`create table item ${table}`)
  const loaded = await tidb.query(loadStatement(importCase, fileNameOf(importCase)), [], {
    localInfile: () => fileOf(importCase),
  })
  const warned = loaded.warningCount
  expect(warnings === true ? warned > 0 : warned === warnings, `${warned} warnings`).toBe(true)
  expect(await tidb.query(checksumQueryOf(importCase))).toEqual([expectedOf(importCase)])
  for (const [question, answer] of Object.entries(asked)) {
    const [row] = await tidb.query(`select ${question} as answer from item`)
    expect(Number(row?.answer), question).toBe(answer)
  }
  await tidb.query('admin check table item')
})

test('INSERT statements of the same data', async ({ tidb }) => {
  await tidb.query("set time_zone = '+00:00'")
  await tidb.query(`create table item ${everyKindTable}`)
  for (const insert of everyKind.inserts({ table: 'item' })) await tidb.query(insert)
  expect(await tidb.query(everyKind.checksumQuery('item'))).toEqual([everyKind.checksum()])
})

test('a checksum tells one row too few, and one value that is another', async ({ tidb }) => {
  await tidb.query("set time_zone = '+00:00'")
  await tidb.query(`create table item ${everyKindTable}`)
  for (const insert of everyKind.inserts({ table: 'item' })) await tidb.query(insert)
  const expected = everyKind.checksum()
  await tidb.query('begin')
  await tidb.query('delete from item where id = 1')
  expect(await tidb.query(everyKind.checksumQuery('item'))).not.toEqual([expected])
  await tidb.query('rollback')
  await tidb.query("update item set odd = concat(odd, ' ') where odd is not null limit 1")
  const [changed] = await tidb.query(everyKind.checksumQuery('item'))
  expect(changed).toEqual({ ...expected, 'odd.crc': expect.any(String) as string })
  expect(changed?.['odd.crc']).not.toBe(expected['odd.crc'])
})
