import { expect, test } from 'vitest'
import { ImportJob } from '../import-jobs/import-job.ts'
import { standing } from './imports-moving.ts'

const minutes = (count: number) => count * 60_000

// Columns of 9.0 as documented: https://docs.pingcap.com/tidb/dev/sql-statement-show-import-job/
test('a job that stands still, by the last time that the server noted progress, is found', () => {
  const now = Date.parse('2026-11-28T05:00:00Z')
  const allowed = { pendingFor: minutes(60), idleFor: minutes(10), runningFor: minutes(24 * 60) }
  const job = (columns: object) =>
    new ImportJob({
      Job_ID: 7,
      Target_Table: '`shop`.`orders`',
      Status: 'running',
      Create_Time: '2026-11-28 03:00:00',
      Start_Time: '2026-11-28 03:00:01',
      ...columns,
    })
  expect(standing(job({}), now, allowed)).toBeUndefined()
  expect(standing(job({ Last_Update_Time: '2026-11-28 04:55:00' }), now, allowed)).toBeUndefined()
  expect(standing(job({ Last_Update_Time: '2026-11-28 04:40:00' }), now, allowed)).toEqual({
    subject: { kind: 'job', name: 'import job 7' },
    message: 'into `shop`.`orders` has stood still for 20 min',
    observed: minutes(20),
    limit: minutes(10),
  })
  expect(standing(job({}), now, { ...allowed, runningFor: minutes(60) })?.message).toContain(
    'has been running for 1 h 59 min',
  )
  expect(standing(job({ Status: 'pending', Start_Time: null }), now, allowed)?.limit).toBe(minutes(60))
})
