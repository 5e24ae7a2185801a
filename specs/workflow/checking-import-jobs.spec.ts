import { expect, test } from 'vitest-tidb'
import { addImportJob, removeImportJobs } from '../../fixtures/import-jobs.ts'

test('no job is active when none was started', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const session = tidbPool.session('fresh', server.settings)
  expect(await session.checkingImportJobs()).toEqual({ jobs: [], active: [] })
})

test('jobs are listed by column name, the active ones apart', async ({ tidb, database, requires }) => {
  await requires({ ours: true, because: 'writes into the job tables' })
  const finished = await addImportJob(tidb, { database, table: 'orders', status: 'finished', rows: 1_000_000 })
  const pending = await addImportJob(tidb, { database, table: 'customers', status: 'pending' })
  const { jobs, active } = await tidb.checkingImportJobs()
  const mine = jobs.filter((job) => job.targetTable.includes(String(database)))
  expect(mine.map(({ id }) => id)).toEqual([finished, pending])
  expect(mine[0]).toMatchObject({ status: 'finished', active: false, importedRows: 1_000_000 })
  expect(Object.keys(mine[0]?.columns ?? {})).toEqual(
    expect.arrayContaining([
      'Job_ID',
      'Data_Source',
      'Target_Table',
      'Table_ID',
      'Phase',
      'Status',
      'Source_File_Size',
      'Imported_Rows',
      'Result_Message',
      'Create_Time',
      'Start_Time',
      'End_Time',
      'Created_By',
    ]),
  )
  expect(active.filter(({ id }) => id === pending)).toHaveLength(1)
  expect(active.some(({ id }) => id === finished)).toBe(false)
  await removeImportJobs(tidb, database)
})
