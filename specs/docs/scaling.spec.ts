import { randomUUID } from 'node:crypto'
import { expect, test, TiDBCoordinator } from 'vitest-tidb'
import { noOldTransactions } from 'vitest-tidb/checks'

// group {
// The same on all machines of one run, such as GITHUB_RUN_ID with GITHUB_RUN_ATTEMPT.
const run = process.env.CI_RUN ?? randomUUID()
const parties = ['loader', 'reader']

test.concurrent('one machine loads', async ({ joinGroup }) => {
  const loader = await joinGroup(run, { name: 'loader', parties })
  await loader.ready({ within: '20s' })
  await loader.signal('loaded', { rows: 1_000 })
})

test.concurrent('another reads what it loaded', async ({ joinGroup }) => {
  const reader = await joinGroup(run, { name: 'reader', parties })
  await reader.ready({ within: '20s' })
  const { rows } = await reader.waitFor<{ rows: number }>('loaded', { from: 'loader', within: '20s' })
  expect(rows).toBe(1_000)
})
// }

const checked = randomUUID()

// check {
test.concurrent.for(['shard 1', 'shard 2'])(
  '%s checks the cluster once all are done',
  async (name, { joinGroup, tidb }) => {
    const shard = await joinGroup(checked, { name, parties: 2 })
    await tidb.testingConnection()
    const { place } = await shard.barrier('done', { within: '20s' })
    if (place === 0) expect(await noOldTransactions(tidb, { olderThan: '1h' })).toEqual([])
  },
)
// }

// coordinator {
test('a group is joined with a lease of its own', async ({ tidbServer }) => {
  const { host, config } = tidbServer
  await using nightly = await TiDBCoordinator.join(
    { ...config, host },
    { group: `nightly ${run}`, name: 'clean-up', lease: '1m' },
  )
  await nightly.signal('began', { at: '02:00' })
  expect(await nightly.waitFor('began')).toEqual({ at: '02:00' })
})
// }
