import { expect, test } from 'vitest-tidb'
import { startMariaDB } from '../../fixtures/mariadb.ts'
import { startMySQL } from '../../fixtures/mysql.ts'

test('release, edition, commit and storage engine are read', async ({ tidb, tidbServer }) => {
  const { version, edition, commit, store } = await tidb.gettingVersion()
  expect(version).toBeAtLeast('8.5.0')
  expect(version).not.toBeAtLeast('99.0.0')
  expect(String(version)).toBe(tidbServer.release)
  expect(edition).toMatch(/^(Community|Enterprise)$/)
  expect(commit).toMatch(/^[0-9a-f]{7,40}$/)
  expect(store).toMatch(/^(tikv|unistore)$/)
})

test('MariaDB is refused by name', async ({ tidbPool, skip }) => {
  const mariadb = await startMariaDB()
  if (typeof mariadb === 'string') return skip(mariadb)
  await using server = mariadb
  const session = tidbPool.session('mariadb', { ...server.settings, database: undefined })
  await expect(session).toFailIn('GettingVersion', { message: /is not a TiDB: it calls itself .*MariaDB/ })
  expect(session.error?.hints.join()).toContain('4000')
}, 60_000)

test('MySQL is refused by name', async ({ tidbPool, skip }) => {
  const mysql = await startMySQL()
  if (typeof mysql === 'string') return skip(mysql)
  await using server = mysql
  const session = tidbPool.session('mysql', { ...server.settings, database: undefined })
  await expect(session).toFailIn('GettingVersion', { message: 'is not a TiDB: it calls itself' })
}, 120_000)

test('a TiDB that calls itself something else is still a TiDB', async ({ startTiDB, tidbPool }) => {
  const { writeConfig } = await import('../../fixtures/server-config.ts')
  using config = writeConfig('server-version = "5.7.25-something-else"\n')
  const server = await startTiDB({ serverConfig: config.path })
  const session = tidbPool.session('disguised', server.settings)
  const [row] = await session.query<{ version: string }>('select version() as version')
  expect(row?.version).toBe('5.7.25-something-else')
  expect((await session.gettingVersion()).version).toBeAtLeast('8.5.0')
})
