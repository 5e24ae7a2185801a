import { expect, test } from 'vitest-tidb'
import { checkHistory, formatHistory, listAppend, parseHistory, type History } from 'vitest-tidb/histories'

// workload {
test('transactions of many sessions keep what TiDB promises', async ({ tidbPool }) => {
  const history = await tidbPool.workload(
    listAppend({ transactions: 200, sessions: 5, mode: 'pessimistic', forUpdate: true, seed: 7 }),
  )
  expect(history).toBeStrictlySerializable()
})
// }

// stale {
test('a session that reads from a snapshot of its own is caught', async ({ tidb, tidbPool }) => {
  const history = await tidbPool.workload(listAppend({ transactions: 50, keys: 1, mode: 'optimistic' }))
  const [last] = await tidb.query<{ id: number; elements: string }>('select * from vitest_tidb_lists order by id desc')
  const elements = (last?.elements ?? '').split(',').map(Number)
  const stale: History['transactions'][number] = {
    session: 'stale',
    beganMs: 1e6,
    endedMs: 1e6 + 1,
    // As from a snapshot that is older than all of them.
    operations: [{ kind: 'read', key: last?.id ?? 0, values: [] }],
    end: 'committed',
  }
  const read: typeof stale = {
    ...stale,
    session: 'now',
    operations: [{ kind: 'read', key: last?.id ?? 0, values: elements }],
  }
  const seen = { transactions: [...history.transactions, read, stale] }
  expect(seen).toBeReadCommitted()
  expect(seen).not.toHaveConsistency('strong snapshot isolation')
  expect(checkHistory(seen).findings.map(({ name }) => name)).toContain('G-single-realtime')
})
// }

// lines {
test('a history is kept as JSON lines', async ({ tidbPool }) => {
  const history = await tidbPool.workload(listAppend({ transactions: 20, sessions: 2 }))
  expect(parseHistory(formatHistory(history))).toEqual(history)
})
// }

// faults {
test('what was promised holds while the network to some sessions is cut', async ({ faults, tidbPool, requires }) => {
  await requires({ ours: true, because: 'breaks the network to it' })
  const network = await faults.network()
  const cut = { name: 'the network is cut', begin: () => network.cut(), end: () => network.restore() }
  const history = await tidbPool.workload(listAppend({ transactions: 200, sessions: 4, mode: 'optimistic', seed: 7 }), {
    settings: (session) => (session === 0 ? { ...network.settings, retries: 0 } : {}),
    faults: { faults: [cut], every: '100ms', lasting: '30ms' },
  })
  expect(history).toBeSnapshotIsolated()
})
// }
