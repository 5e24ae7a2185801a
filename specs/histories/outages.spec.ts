import { expect, test } from 'vitest-tidb'
import { checkHistory, listAppend } from 'vitest-tidb/histories'

const RUN = { timeout: 120_000 }

test('a node is killed again and again: what was promised holds', RUN, async ({ startCluster, tidbPool }) => {
  // killed {
  const { nodes } = await startCluster({ nodes: 2 })
  const [first, second] = nodes
  const killed = {
    name: 'the second node is killed',
    begin: async () => second?.kill(),
    end: async () => second?.start(),
  }
  // Optimistic: a dead node then leaves locks only for what it was committing, and those for 3 s.
  const workload = listAppend({ transactions: 600, sessions: 8, mode: 'optimistic', seed: 3 })
  const history = await tidbPool.workload(workload, {
    settings: (session) => ({ node: session % 2 === 0 ? first : second, retries: 0 }),
    faults: { faults: [killed], every: '1s' },
    within: '1m',
  })
  expect(history).toHaveConsistency('strong snapshot isolation')
  // }
  expect(history.transactions).toHaveLength(600)
  expect(history.faults?.length).toBeGreaterThan(0)
  // The sessions of that node noticed, and came back to it.
  const lost = history.transactions.filter(
    ({ end, error }) => end !== 'committed' && error?.startsWith('PROTOCOL_CONNECTION_LOST'),
  )
  expect(lost.length).toBeGreaterThan(0)
  const [away] = lost
  const back = history.transactions.filter(
    ({ end, node, beganMs }) => end === 'committed' && node === away?.node && beganMs > (away?.beganMs ?? 0),
  )
  expect(back.length).toBeGreaterThan(lost.length)
  expect(checkHistory(history).reads).toBeGreaterThan(100)
})
