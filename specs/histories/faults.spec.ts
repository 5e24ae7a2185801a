import { expect, test } from 'vitest-tidb'
import { listAppend, parseHistory, formatHistory, type Fault } from 'vitest-tidb/histories'

const RUN = { timeout: 120_000 }

test(
  'the network to the server breaks again and again: what was promised holds',
  RUN,
  async ({ faults, tidbPool, requires }) => {
    await requires({ ours: true, because: 'breaks the network to it' })
    const network = await faults.network()
    const restore = () => network.restore()
    const kinds: Fault[] = [
      { name: 'the network stalls', begin: () => network.stall(), end: restore },
      { name: 'the network is cut', begin: () => network.cut(), end: restore },
      { name: 'answers are lost', begin: () => network.lose({ only: 'answers' }), end: restore },
      { name: 'the network is slow', begin: () => network.delay('5ms', { jitter: '5ms' }), end: restore },
    ]
    const workload = listAppend({ transactions: 400, sessions: 8, mode: 'optimistic', seed: 5 })
    const history = await tidbPool.workload(workload, {
      settings: (session) => ({ retries: 0, ...(session % 2 === 0 ? network.settings : {}) }),
      faults: { faults: kinds, every: '150ms', lasting: '80ms' },
      within: '1m',
    })
    expect(history).toHaveConsistency('strong snapshot isolation')
    expect(history.transactions).toHaveLength(400)
    expect(history.faults?.length).toBeGreaterThan(2)
    // The sessions of that network noticed, and the others did not.
    const lost = history.transactions.filter(
      ({ error }) => error?.includes('CONNECTION_LOST') || error?.includes('ECONN'),
    )
    expect(lost.length).toBeGreaterThan(0)
    expect(lost.every(({ session }) => Number(session.slice('session-'.length)) % 2 === 0)).toBe(true)
    expect(parseHistory(formatHistory(history))).toEqual(history)
    expect(tidbPool.state.events.filter(({ party }) => party === 'faults').map(({ name }) => name)).toContain(
      history.faults?.[0]?.name,
    )
  },
)

test('a fault that can not be had fails the workload, and is made good', RUN, async ({ tidbPool }) => {
  let ended = 0
  const fault: Fault = {
    name: 'nothing',
    begin: () => Promise.reject(new Error('no such node')),
    end: () => Promise.resolve(void (ended += 1)),
  }
  const workload = listAppend({ transactions: 20_000, sessions: 2 })
  await expect(tidbPool.workload(workload, { faults: { faults: [fault], every: '10ms' } })).rejects.toThrow(
    'no such node',
  )
  expect(ended).toBe(1)
})

test('a workload that no fault touched proves nothing about faults', async ({ tidbPool }) => {
  const fault: Fault = { name: 'nothing', begin: () => Promise.resolve(), end: () => Promise.resolve() }
  const workload = listAppend({ transactions: 2, sessions: 1 })
  await expect(tidbPool.workload(workload, { faults: { faults: [fault], every: '1m' } })).rejects.toThrow(
    /was over before a fault began/,
  )
})

test('a session that can not be opened is told, not that no fault began', async ({ tidbPool }) => {
  const fault: Fault = { name: 'nothing', begin: () => Promise.resolve(), end: () => Promise.resolve() }
  const workload = listAppend({ transactions: 4, sessions: 2 })
  const settings = (session: number) => (session === 1 ? { user: 'nobody' } : {})
  await expect(tidbPool.workload(workload, { settings, faults: { faults: [fault], every: '1m' } })).rejects.toThrow(
    /Connecting/,
  )
})
