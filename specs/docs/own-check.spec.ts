// own-check {
import { expect, test } from 'vitest-tidb'
import { defineCheck, namesLimit } from 'vitest-tidb/checks'

const everyTableHasComment = defineCheck({
  name: 'every-table-has-comment',
  title: 'Every table says what it is for',
  severity: 'info',
  limits: { databases: namesLimit([], 'databases whose tables are checked') },
  advice: 'ALTER TABLE … COMMENT = …',
  source: 'information_schema.tables',
  async run({ session, limits }) {
    const tables = await session.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema in (?) and table_comment = ''`,
      [limits.databases],
    )
    return tables.map(({ name }) => ({ subject: { kind: 'table', name }, message: 'has no comment' }))
  },
})

test('every table says what it is for', async ({ tidb, database = '' }) => {
  await tidb.query("create table described (id int primary key) comment = 'one row a day'")
  expect(await everyTableHasComment(tidb, { databases: [database] })).toEqual([])
  await tidb.query('create table mute (id int primary key)')
  expect(await everyTableHasComment(tidb, { databases: [database] })).toEqual([
    expect.objectContaining({ subject: { kind: 'table', name: 'mute' }, severity: 'info' }),
  ])
})
// }
