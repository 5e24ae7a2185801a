import { expect, test } from 'vitest-tidb'
import { checkHistory, listAppend } from 'vitest-tidb/histories'

const busy = { transactions: 300, sessions: 6, keys: 3 }

test('optimistic transactions are snapshot isolated, in real time too', async ({ tidbPool }) => {
  const history = await tidbPool.workload(listAppend({ ...busy, mode: 'optimistic' }))
  expect(history).toHaveConsistency('strong snapshot isolation')
  // Write skew, which snapshot isolation allows.
  expect(history).not.toBeSerializable()
})

// An UPDATE of a pessimistic transaction changes the latest version of a row, not the one that the transaction reads.
test('pessimistic transactions are not: what they append to is not what they read', async ({ tidbPool }) => {
  const history = await tidbPool.workload(listAppend({ ...busy, mode: 'pessimistic' }))
  expect(history).toHaveConsistency('strong read committed')
  expect(history).not.toBeSnapshotIsolated()
  const names = checkHistory(history).findings.map(({ name }) => name)
  expect(names).toContain('G-single')
})

test('pessimistic transactions that lock all that they read are strictly serializable', async ({ tidbPool }) => {
  const history = await tidbPool.workload(listAppend({ ...busy, mode: 'pessimistic', forUpdate: true }))
  expect(history).toBeStrictlySerializable()
})

test('at READ COMMITTED, two reads of one transaction may differ', async ({ tidbPool }) => {
  const history = await tidbPool.workload(listAppend({ ...busy, operations: 6, isolation: 'read committed' }))
  expect(history).toHaveConsistency('strong read committed')
  expect(history).not.toBeSnapshotIsolated()
  expect(checkHistory(history).findings.map(({ name }) => name)).toContain('internal')
})
