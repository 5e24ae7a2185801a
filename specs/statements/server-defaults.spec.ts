import { expect, test } from 'vitest-tidb'

// Global variables of a user's server, which sessions of the tests keep, and which our own statements must not trip over.

test.for(['America/New_York', '+09:30', 'Asia/Shanghai', 'UTC'])(
  'a stored Date and now() agree on a server in %s',
  async (zone, { startTiDB, tidbPool, skip }) => {
    const server = await startTiDB()
    const before = tidbPool.session('before', server.settings)
    const known = await before.query('set global time_zone = ?', [zone]).catch((error: unknown) => error)
    skip(known instanceof Error, 'the machine of this server has no time zone data')
    const session = tidbPool.session('session', server.settings)
    const at = new Date(Math.floor(Date.now() / 1_000) * 1_000)
    await session.query('create database zone')
    await session.query('create table zone.event (id int primary key, at datetime, stamp timestamp)')
    await session.query('insert into zone.event values (1, ?, ?), (2, now(), now())', [at, at])
    await session.execute('insert into zone.event values (3, ?, ?)', [at, at])
    const rows = await session.query<{ at: Date; stamp: Date; unix: number }>(
      'select at, stamp, unix_timestamp(stamp) as unix from zone.event order by id',
    )
    for (const row of rows) {
      expect(Math.abs(Number(row.at) - Number(at)), String(row.at)).toBeLessThan(60_000)
      expect(row.stamp).toEqual(row.at)
      expect(Math.abs(Number(row.unix) * 1_000 - Number(at))).toBeLessThan(60_000)
    }
    expect(await session.execute('select at from zone.event where at = ?', [at])).not.toEqual([])
  },
)

test('sessions are in UTC after one of them set the zone of new ones', async ({ startTiDB, tidbPool }) => {
  const { settings } = await startTiDB()
  const zoneOf = async (name: string) => {
    const [row] = await tidbPool.session(name, settings).query<{ zone: string }>('select @@time_zone as zone')
    return row?.zone
  }
  const admin = tidbPool.session('admin', { ...settings, host: 'localhost' })
  await admin.query("set @@global.time_zone = 'UTC'")
  expect(await zoneOf('before')).toBe('UTC')
  await admin.query("set @@global.time_zone = '+09:30'")
  expect(await zoneOf('after')).toBe('+00:00')
})

test('a connection that is used again is in UTC again', async ({ startTiDB, tidbPool, tidbWarm }) => {
  const server = await startTiDB()
  const admin = tidbPool.session('admin', server.settings)
  await admin.query("set global time_zone = '+09:30'")
  const first = tidbPool.session('first', server.settings)
  await first.query('set time_zone = "+01:00"')
  const { connection } = first
  expect(connection && tidbWarm.keep(connection)).toBe(true)
  await tidbWarm.settled()
  expect(await connection?.query('select @@time_zone as zone')).toEqual([{ zone: '+00:00' }])
})

test('our own statements need no default of the server, and sessions keep them', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const admin = tidbPool.session('admin', server.settings)
  await admin.query('create database d')
  await admin.query("set global autocommit = 0, global sql_select_limit = 1, global sql_mode = 'ANSI_QUOTES'")
  const [alice, bob] = [tidbPool.session('alice', server.settings), tidbPool.session('bob', server.settings)]
  expect(await alice.query('select @@autocommit as a, @@sql_select_limit as l, @@sql_mode as m')).toEqual([
    { a: 0, l: 1, m: 'ANSI_QUOTES' },
  ])
  await alice.query('create table d.item (id int primary key, price int)')
  await alice.query('insert into d.item values (1, 1), (2, 2)')
  await alice.query('commit')
  await alice.query('update d.item set price = 2 where id = 1')
  const write = bob.send('update d.item set price = 3 where id = 1')
  await expect(write).toBeBlockedBy(alice)
  await alice.query('rollback')
  await write
  await bob.query('rollback')
  // It only reads: that is no transaction that anybody left open.
  await bob.query('select * from d.item')
  await bob.completed()
})
