// own-check {
import { expect, test } from 'vitest-tidb'
import type { Finding, Querier } from 'vitest-tidb/checks'

/** Every table of a database has a primary key. */
async function everyTableHasKey(session: Querier, database: string): Promise<Finding[]> {
  const tables = await session.query<{ name: string }>(
    `select table_name as name from information_schema.tables
      where table_schema = ? and table_type = 'BASE TABLE' and table_name not in
        (select table_name from information_schema.tidb_indexes where table_schema = ? and key_name = 'PRIMARY')`,
    [database, database],
  )
  return tables.map(({ name }) => ({
    check: 'every-table-has-key',
    subject: `table ${name}`,
    message: 'has no primary key',
  }))
}

test('a table without a key is found', async ({ tidb, database = '' }) => {
  await tidb.query('create table keyed (id int primary key)')
  expect(await everyTableHasKey(tidb, database)).toEqual([])
  await tidb.query('create table keyless (id int)')
  expect(await everyTableHasKey(tidb, database)).toHaveLength(1)
})
// }
