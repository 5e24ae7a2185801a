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
  Start_Time: '2026-01-01 00:00:01.250000',
  End_Time: null,
  Created_By: 'root@%',
}

const NEW = {
  Job_ID: 7,
  Group_Key: 'nightly',
  Data_Source: 's3://bucket/orders.csv',
  Target_Table: '`shop`.`orders`',
  Table_ID: 102,
  Phase: 'global-sorting',
  Status: 'running',
  Source_File_Size: '277.5GiB',
  Imported_Rows: 0,
  Result_Message: '',
  Create_Time: '2025-07-09 10:40:18.580706',
  Start_Time: '2025-07-09 10:40:19.092528',
  End_Time: null,
  Created_By: 'root@%',
  Last_Update_Time: '2025-07-09 10:47:15',
  Cur_Step: 'encode',
  Cur_Step_Processed_Size: '4.55GB',
  Cur_Step_Total_Size: '298GB',
  Cur_Step_Progress_Pct: '1',
  Cur_Step_Speed: '10.96MB/s',
  Cur_Step_ETA: '07:26:03',
}

test('thirteen columns are read by name, with bytes and instants', () => {
  const job = new ImportJob(OLD, 'Asia/Tokyo')
  expect(job).toMatchObject({
    id: '7',
    status: 'running',
    phase: 'importing',
    importedRows: 1000,
    sourceFileSize: 104_857_600,
    tableId: 102,
    active: true,
    step: undefined,
    groupKey: undefined,
  })
  expect(job.startTime?.toISOString()).toBe('2025-12-31T15:00:01.250Z')
  expect(job.endTime).toBeUndefined()
  expect(job.durationMs).toBeUndefined()
  expect(job.describe()).toBe('import job 7 into `shop`.`orders`: running (importing), 1,000 rows')
})

test('twenty-one columns bring the step that the job is in', () => {
  const job = new ImportJob(NEW)
  expect(job).toMatchObject({
    groupKey: 'nightly',
    step: {
      name: 'encode',
      processedBytes: 4_550_000_000,
      totalBytes: 298_000_000_000,
      percent: 1,
      bytesPerSecond: 10_960_000,
      timeLeftMs: ((7 * 60 + 26) * 60 + 3) * 1_000,
    },
  })
  expect(job.lastUpdateTime?.toISOString()).toBe('2025-07-09T10:47:15.000Z')
})

test('the step of a job that has ended is empty, and its zero time is none', () => {
  const none = { Cur_Step: null, Cur_Step_Progress_Pct: null, Cur_Step_ETA: null, Cur_Step_Speed: 'N/A' }
  const job = new ImportJob({ ...NEW, ...none, Last_Update_Time: '0000-00-00 00:00:00' })
  expect(job.lastUpdateTime).toBeUndefined()
  expect(job.step).toMatchObject({ name: '', percent: undefined, timeLeftMs: undefined, bytesPerSecond: undefined })
})

test('columns in another order and case, and unknown ones, change nothing and are kept', () => {
  const { Job_ID, ...others } = OLD
  const job = new ImportJob({ job_id: Job_ID, Group_Key: 'nightly', ...others, Of_The_Future: 1 })
  expect(job).toMatchObject({ id: '7', targetTable: '`shop`.`orders`' })
  expect(job.columns).toMatchObject({ Group_Key: 'nightly', Of_The_Future: 1 })
})

test.for(['cancelled', 'canceled'])('%s is spelled in one way, and is not active', (Status) => {
  expect(new ImportJob({ ...OLD, Status })).toMatchObject({ status: 'cancelled', active: false })
})

test('more rows than a number holds exactly are a bigint', () => {
  expect(new ImportJob({ ...OLD, Imported_Rows: '18446744073709551615' }).importedRows).toBe(18446744073709551615n)
  expect(new ImportJob({ ...OLD, Imported_Rows: null }).importedRows).toBeUndefined()
})

test('a clock of the server that went backwards gives no duration', () => {
  const job = new ImportJob({ ...OLD, Status: 'finished', End_Time: '2025-12-31 23:59:59.000000' })
  expect(job.durationMs).toBeUndefined()
  expect(new ImportJob({ ...OLD, End_Time: '2026-01-01 00:00:03.750000' }).durationMs).toBe(2_500)
})

test('a job that vanished says so', () => {
  expect(new ImportJob(OLD).vanished()).toMatchObject({ id: '7', status: 'vanished', active: false })
})

test('a job that awaits resolution may go on', () => {
  const active = (status: string) => new ImportJob({ Status: status }).active
  expect(['pending', 'running', 'awaiting-resolution'].filter(active)).toHaveLength(3)
  expect(['finished', 'failed', 'cancelled', 'canceled', 'vanished', 'reverting'].filter(active)).toEqual([])
  expect(new ImportJob({ Status: 'awaiting-resolution' }).begun).toBe(true)
  expect(new ImportJob({ Status: 'pending' }).begun).toBe(false)
})

test.for<[expected: boolean | 'unknown', columns: Record<string, string>]>([
  [true, { Status: 'failed', End_Time: '2026-01-02 00:00:00' }],
  [true, { Status: 'failed', End_Time: '2026-01-01 12:00:00' }],
  [false, { Status: 'failed', End_Time: '2026-01-01 11:59:59' }],
  // When it failed is not known.
  ['unknown', { Status: 'failed' }],
  ['unknown', { Status: 'failed', Create_Time: '2020-01-01 00:00:00' }],
  [true, { Status: 'awaiting-resolution', Create_Time: '2020-01-01 00:00:00' }],
  ['unknown', { Status: 'reverting' }],
  ['unknown', { Status: 'vanished' }],
  [false, { Status: 'running' }],
  [false, { Status: 'cancelled', End_Time: '2026-01-02 00:00:00' }],
])('whether it failed since then is %s: %o', ([expected, columns]) => {
  expect(new ImportJob(columns).failedSince(Date.UTC(2026, 0, 1, 12))).toBe(expected)
})

test('every column that says how far it is can move', () => {
  const before = new ImportJob(NEW)
  const moved = (columns: Record<string, unknown>) => new ImportJob({ ...NEW, ...columns }).movedSince(before)
  expect(moved({})).toBe(false)
  // The server's own estimates change without any progress.
  expect(moved({ Cur_Step_Speed: '0B/s', Cur_Step_ETA: '09:26:03', Last_Update_Time: '2025-07-09 10:48:15' })).toBe(
    false,
  )
  for (const columns of [
    { Imported_Rows: 1 },
    { Phase: 'importing' },
    { Status: 'pending' },
    { Cur_Step: 'merge-sort' },
    { Cur_Step_Processed_Size: '4.56GB' },
    // Of the steps about conflicts it is a count of them.
    { Cur_Step_Processed_Size: '17 rows' },
    { Cur_Step_Total_Size: '299GB' },
    { Cur_Step_Progress_Pct: '2' },
  ]) {
    expect([columns, moved(columns)]).toEqual([columns, true])
  }
})

test('a number that is used again is another job, and one that is printed in another zone is not', () => {
  const job = new ImportJob(OLD, 'Asia/Tokyo')
  const later = { ...OLD, Create_Time: '2026-01-02 00:00:00.000000' }
  expect(job.isSame(new ImportJob(later, 'Asia/Tokyo'))).toBe(false)
  expect(job.isSame(new ImportJob({ ...OLD, Create_Time: '2025-12-31 15:00:00.000000' }, 'UTC'))).toBe(true)
  expect(job.isSame(new ImportJob(OLD, 'UTC'))).toBe(true)
  expect(job.isSame(new ImportJob({ ...OLD, Job_ID: 8 }, 'Asia/Tokyo'))).toBe(false)
})

test('of a time that the clocks show twice, it is not known which it is, unless the server says', () => {
  const twice = {
    ...OLD,
    Create_Time: '2026-10-31 12:00:00',
    Start_Time: '2026-11-01 01:50:00',
    End_Time: '2026-11-01 02:10:00',
  }
  const job = new ImportJob({ ...twice, Status: 'finished' }, 'America/New_York')
  expect(job).toMatchObject({ timesUnclear: true, startTime: undefined, durationMs: undefined })
  for (const [started, minutes] of [
    ['2026-11-01T05:50:00Z', 80],
    ['2026-11-01T06:50:00Z', 20],
  ] as const) {
    const { createTime, endTime } = job
    const known = new ImportJob(twice, 'America/New_York', { createTime, startTime: new Date(started), endTime })
    expect(known).toMatchObject({ timesUnclear: false, durationMs: minutes * 60_000 })
    expect(known.vanished().startTime).toEqual(new Date(started))
  }
})
