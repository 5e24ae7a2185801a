import { expect, test } from 'vitest-tidb'
import { checkHistory, listAppend } from 'vitest-tidb/histories'

const RUN = { timeout: 120_000 }

test(
  'a node is killed in the middle and started again: what was promised holds',
  RUN,
  async ({ startCluster, tidbPool }) => {
    const { nodes } = await startCluster({ nodes: 2 })
    const [, second] = nodes
    // Optimistic: a dead node then leaves locks only for what it was committing, and those for 3 s.
    const workload = listAppend({ transactions: 600, sessions: 8, mode: 'optimistic', seed: 3 })
    const settings = (session: number) => ({ node: nodes[session % 2], retries: 0 })
    const running = tidbPool.workload(workload, { settings, within: '1m' })
    const away = async () => {
      const watch = tidbPool.session('watch', { node: nodes[0] })
      const lists = async () => (await watch.query<{ n: number }>('select count(*) as n from vitest_tidb_lists'))[0]?.n
      // All are at work by then.
      await expect.poll(lists, { timeout: 30_000 }).toBeGreaterThan(4)
      await second?.kill()
      await second?.start()
    }
    const [history] = await Promise.all([running, away()])

    expect(history).toHaveConsistency('strong snapshot isolation')
    expect(history.transactions).toHaveLength(600)
    // The sessions of that node noticed, and came back to it.
    const lost = history.transactions.filter(
      ({ end, error }) => end !== 'committed' && error?.startsWith('PROTOCOL_CONNECTION_LOST'),
    )
    expect(lost.length).toBeGreaterThan(0)
    const [first] = lost
    const back = history.transactions.filter(
      ({ end, node, beganMs }) => end === 'committed' && node === first?.node && beganMs > (first?.beganMs ?? 0),
    )
    expect(back.length).toBeGreaterThan(lost.length)
    expect(checkHistory(history).reads).toBeGreaterThan(100)
  },
)
