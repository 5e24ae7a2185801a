import { expect, test } from 'vitest-tidb'

test('a session begins with nothing read and nothing connected', async ({ tidb }) => {
  expect(tidb.state).toBeUndefined()
  expect(tidb.history).toEqual([])
  const { name, startedAt } = await tidb.initial()
  expect(name).toBe('tidb')
  expect(startedAt).toBeInstanceOf(Date)
  expect(tidb.state).toBe('Initial')
  expect(tidb.connectionId).toBeUndefined()
  await tidb.connecting()
  expect(tidb.connectionId).toBeGreaterThan(0)
})

test('each session begins by itself', async ({ tidbPool }) => {
  const [alice, bob] = await tidbPool.sessions('alice', 'bob')
  expect((await alice.initial()).name).toBe('alice')
  expect((await bob.initial()).name).toBe('bob')
  expect(alice.connectionId).not.toBe(bob.connectionId)
})
