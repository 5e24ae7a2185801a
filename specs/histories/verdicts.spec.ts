import { expectTypeOf } from 'vitest'
import { expect, test } from 'vitest-tidb'
import { listAppend, type History } from 'vitest-tidb/histories'

test('a history of which nothing was read proves nothing, either way', () => {
  for (const judge of [
    () => expect({ transactions: [] }).toBeSerializable(),
    () => expect({ transactions: [] }).not.toBeSerializable(),
  ]) {
    expect(judge).toThrow(/the history proves nothing: none of its transactions is known to have committed/)
  }
})

test('what is no history, and a level that is none, are refused', () => {
  expect(() => expect([]).toBeSerializable()).toThrow(/takes a history/)
  // @ts-expect-error it is none
  expect(() => expect({ transactions: [] }).toHaveConsistency('linearizable')).toThrow(/there is no consistency level/)
})

test('a failure says the seed, and of each anomaly what each transaction did', async ({ tidbPool }) => {
  const history = await tidbPool.workload(
    listAppend({ transactions: 300, sessions: 8, keys: 2, mode: 'pessimistic', seed: 'mine' }),
  )
  expectTypeOf(history).toEqualTypeOf<History>()
  expect(() => expect(history).toBeSnapshotIsolated()).toThrow(
    /expected the history to be snapshot isolation, but it shows [\d,]+ anomal(?:y|ies) \([^)]*seed "mine"\)\n\n[^]*T\d+ session-\d at /,
  )
})

test('a session that can not be opened fails the workload', async ({ tidbPool }) => {
  const workload = tidbPool.workload(listAppend({ transactions: 1 }), { settings: { user: 'nobody' } })
  await expect(workload).rejects.toThrow(/Connecting/)
})

test('a second workload of a test begins with empty lists', async ({ tidbPool }) => {
  const workload = listAppend({ transactions: 20, sessions: 2, mode: 'optimistic' })
  expect(await tidbPool.workload(workload)).toBeSnapshotIsolated()
  expect(await tidbPool.workload(workload)).toBeSnapshotIsolated()
})
