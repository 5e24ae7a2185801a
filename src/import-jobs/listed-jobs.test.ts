import { expect, test } from 'vitest'
import { ListedJobs } from './listed-jobs.ts'

const row = (id: string, rows: string) => ({
  Job_ID: id,
  Target_Table: '`a`.`b`',
  Status: 'running',
  Imported_Rows: rows,
  Create_Time: '2026-01-01 00:00:00',
})

test('what is in the next list as it was is the same job, and anything else another', () => {
  const listed = new ListedJobs()
  const [one, two] = listed.read([row('1', '5'), row('2', '5')], 'UTC')
  const [same, moved, fresh] = listed.read([row('1', '5'), row('2', '6'), row('3', '0')], 'UTC')
  expect(same).toBe(one)
  expect(moved).not.toBe(two)
  expect([moved?.importedRows, fresh?.id]).toEqual([6, '3'])
  const [elsewhere] = listed.read([row('1', '5')], 'Asia/Tokyo')
  expect(elsewhere?.createTime).not.toEqual(one?.createTime)
  const [gone] = listed.read([row('2', '6')], 'Asia/Tokyo')
  expect(gone).not.toBe(moved)
})
