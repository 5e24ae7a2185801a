import { expect, test } from 'vitest-tidb'

test("the test's own database is in use, and empty", async ({ tidb, database }) => {
  expect(await tidb.verifyingDatabase()).toEqual({ database })
  expect(await tidb.query('show tables')).toEqual([])
})

test('no database is asked for', async ({ tidbPool }) => {
  const session = tidbPool.session('anywhere', { database: undefined })
  expect((await session.verifyingDatabase()).database).toBeUndefined()
})

test('a name that needs quoting is quoted', async ({ tidb, tidbPool, requires }) => {
  await requires({ ours: true, because: 'creates a database outside those of the run' })
  const name = 'odd `name` with.dots'
  await tidb
    .query('create database ??', [name] as never)
    .catch(() => tidb.query('create database `odd ``name`` with.dots`'))
  const session = tidbPool.session('odd', { database: name })
  expect(await session.verifyingDatabase()).toEqual({ database: name })
  await tidb.query('drop database `odd ``name`` with.dots`')
})

test('a database that is missing is told from one that is forbidden', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const [admin] = [tidbPool.session('admin', server.settings)]
  await admin.query("create user limited identified by 'pass word'")
  await admin.query('create database private')
  const missing = tidbPool.session('missing', { ...server.settings, database: 'no_such_database' })
  await expect(missing).toFailIn('VerifyingDatabase', { errno: 1049, message: 'there is no database no_such_database' })
  expect(missing.error?.hints.join()).toContain('create the database')
  const limited = { ...server.settings, user: 'limited', password: 'pass word' }
  const forbidden = tidbPool.session('forbidden', { ...limited, database: 'private' })
  await expect(forbidden).toFailIn('VerifyingDatabase', {
    errno: 1044,
    message: 'limited may not use the database private',
  })
  expect(forbidden.error?.hints.join()).toContain('grant')
})
