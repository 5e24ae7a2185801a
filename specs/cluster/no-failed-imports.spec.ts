import { expect, test } from 'vitest-tidb'
import { noFailedImports } from 'vitest-tidb/checks'

test('no import failed in the last day', async ({ tidb, tidbServer, skip }) => {
  skip(tidbServer.provider === 'cluster', 'other specs have real imports fail on the cluster of the run')
  expect(await noFailedImports(tidb, { since: '24h' })).toEqual([])
})

test('an import that failed is found, and one that failed long ago is not', async ({ tidb, database, requires }) => {
  await requires({ ours: true, because: 'writes into the job history' })
  await tidb.query(
    `insert into mysql.tidb_import_jobs (table_schema, table_name, table_id, created_by, parameters, source_file_size,
        status, step, error_message, create_time, start_time, end_time)
      values (?, 'orders', 1, 'root@%', '{}', 1, 'failed', '', 'file is gone', now(6), now(6), now(6)),
        (?, 'orders', 1, 'root@%', '{}', 1, 'failed', '', 'long ago', '2020-01-01', '2020-01-01', '2020-01-01')`,
    [database, database],
  )
  const found = (await noFailedImports(tidb, { since: '1h' })).filter(({ message }) =>
    message.includes(String(database)),
  )
  expect(found).toEqual([
    expect.objectContaining({ check: 'no-failed-imports', message: expect.stringMatching(/file is gone$/) as string }),
  ])
  await tidb.query('delete from mysql.tidb_import_jobs where table_schema = ?', [database])
})
