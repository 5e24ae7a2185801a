import { expect, test } from 'vitest-tidb'

// matchers {
test('a version is compared as a version', async ({ tidb }) => {
  const { version } = await tidb.gettingVersion()
  expect(version).toBeAtLeast('8.5.0')
  expect(version).not.toBeAtLeast('99.0.0')
})

test('a session reaches a state, or fails in it', async ({ tidb, tidbPool }) => {
  await expect(tidb).toReach('Completed')
  const lost = tidbPool.session('lost', { database: 'no_such_database' })
  await expect(lost).toFailIn('VerifyingDatabase', { errno: 1049, message: /no database/ })
})
// }
