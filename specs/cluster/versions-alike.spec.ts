import { expect, test } from 'vitest-tidb'
import { versionsAlike, type Querier } from 'vitest-tidb/checks'

test('all nodes run the same release', async ({ tidb }) => {
  expect(await versionsAlike(tidb)).toEqual([])
})

test('a node of another release is found', async ({ tidb }) => {
  // A second node can't be had on one machine: the server answers the check's own question about two it is told of.
  await tidb.query('create table cluster_info (type text, instance text, version text, git_hash text)')
  await tidb.query(
    `insert into cluster_info values ('tidb', 'a:4000', '8.5.6', 'x'), ('tidb', 'b:4000', '8.5.6', 'x'),
      ('tidb', 'c:4000', '8.5.4', 'y')`,
  )
  const elsewhere: Querier = {
    query: (sql, values, options) => tidb.query(sql.replace('information_schema.', ''), values, options),
  }
  expect(await versionsAlike(elsewhere)).toEqual([
    expect.objectContaining({ subject: 'tidb c:4000', message: expect.stringContaining('version 8.5.4') as string }),
    expect.objectContaining({ subject: 'tidb c:4000', message: expect.stringContaining('hash y') as string }),
  ])
})
