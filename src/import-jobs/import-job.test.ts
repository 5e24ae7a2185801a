import { expect, test } from 'vitest'
import { ImportJob } from './import-job.ts'

const OLD = {
  Job_ID: 7,
  Data_Source: 's3://bucket/orders.csv',
  Target_Table: '`shop`.`orders`',
  Table_ID: 102,
  Phase: 'importing',
  Status: 'running',
  Source_File_Size: '100MiB',
  Imported_Rows: '1000',
  Result_Message: '',
  Create_Time: '2026-01-01 00:00:00.000000',
  Start_Time: '2026-01-01 00:00:01.000000',
  End_Time: null,
  Created_By: 'root@%',
}

test('thirteen columns are read by name', () => {
  const job = new ImportJob(OLD)
  expect(job).toMatchObject({ id: '7', status: 'running', phase: 'importing', importedRows: 1000, active: true })
  expect(job.endTime).toBeUndefined()
  expect(job.describe()).toBe('import job 7 into `shop`.`orders`: running (importing), 1000 rows')
})

test('newer ones in another order change nothing, and are kept', () => {
  const { Job_ID, ...others } = OLD
  const job = new ImportJob({ Job_ID, Group_Key: 'nightly', ...others, Cur_Step_Progress_Pct: '50', Of_The_Future: 1 })
  expect(job).toMatchObject({ id: '7', targetTable: '`shop`.`orders`' })
  expect(job.columns).toMatchObject({ Group_Key: 'nightly', Of_The_Future: 1 })
})

test.for(['cancelled', 'canceled'])('%s is spelled in one way, and is not active', (Status) => {
  expect(new ImportJob({ ...OLD, Status })).toMatchObject({ status: 'cancelled', active: false })
})

test('a job that vanished says so', () => {
  expect(new ImportJob(OLD).vanished()).toMatchObject({ id: '7', status: 'vanished', active: false })
})
