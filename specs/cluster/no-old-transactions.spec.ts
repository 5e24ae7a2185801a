import { vi } from 'vitest'
import { expect, test } from 'vitest-tidb'
import { noOldTransactions } from 'vitest-tidb/checks'

test('no transaction has been open for long', async ({ tidb }) => {
  expect(await noOldTransactions(tidb, { olderThan: '10m' })).toEqual([])
})

test('a transaction older than the limit is found', async ({ tidb, tidbPool }) => {
  const [sleeper] = await tidbPool.sessions('sleeper')
  await sleeper.query('begin')
  const mine = async () =>
    (await noOldTransactions(tidb, { olderThan: 20 })).filter(({ subject }) =>
      subject.name.startsWith(`${sleeper.connectionId} on `),
    )
  await vi.waitUntil(async () => (await mine()).length === 1, { timeout: 5_000, interval: 10 })
  await sleeper.query('rollback')
  expect(await mine()).toEqual([])
})
