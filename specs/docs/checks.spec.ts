// checks {
import { expect, test } from 'vitest-tidb'
import { ddlQueueMoving, noOldTransactions, versionsAlike } from 'vitest-tidb/checks'

test('the cluster is healthy', async ({ tidb }) => {
  const findings = [
    ...(await versionsAlike(tidb)),
    ...(await ddlQueueMoving(tidb, { stuckAfter: '10m' })),
    ...(await noOldTransactions(tidb, { olderThan: '10m' })),
  ]
  expect(findings).toEqual([])
})
// }
