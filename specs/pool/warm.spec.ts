import { describe } from 'vitest'
import { expect, test } from 'vitest-tidb'

// In this order: each test finds what the ones before it gave back.
describe('with warm connections', () => {
  test.override({ tidbPoolOptions: { warm: true } })
  let id: number | undefined
  let reused = 0

  test('a connection is made', async ({ tidbPool, tidbWarm, database }) => {
    const [alice] = await tidbPool.sessions('alice')
    // Hers may be one that another file left.
    reused = tidbWarm.reused
    id = alice.connectionId
    await alice.query('set @mine = 1')
    await alice.query("set session tidb_txn_mode = 'optimistic', time_zone = '+05:00'")
    await alice.query('create temporary table mine (id int)')
    await alice.query("select get_lock('mine', 0)")
    expect((await alice.query('select database() as db'))[0]).toEqual({ db: database })
    await alice.close()
    await tidbWarm.settled()
    expect(tidbWarm.discarded).toEqual([])
  })

  test('the next test gets it, as good as new, in its own database', async ({ tidbPool, tidbWarm, database }) => {
    expect(id).toBeDefined()
    const [bob] = await tidbPool.sessions('bob')
    expect(bob.connectionId).toBe(id)
    expect(tidbWarm.reused).toBe(reused + 1)
    const [row] = await bob.query(
      "select @mine as mine, @@tidb_txn_mode as mode, database() as db, is_free_lock('mine') as free",
    )
    expect(row).toEqual({ mine: null, mode: 'pessimistic', db: database, free: 1 })
    await expect(bob.query('select * from mine')).toFailWith(1146)
    await expect(bob.query('select * from no_such_table')).rejects.toThrow('statement failed (bob at')
  })

  test('each session of a run gives its connection back', async ({ tidbPool, tidbWarm }) => {
    const before = tidbWarm.reused
    await tidbPool.run(3, (session) => session.query('select 1'), { concurrency: 1 })
    await tidbWarm.settled()
    await tidbPool.run(1, (session) => session.query('select 1'), { name: 'later' })
    expect(tidbWarm.reused).toBeGreaterThan(before)
  })

  test('a statement under way is cancelled before its connection is given back', async ({ tidbPool, tidbWarm }) => {
    await tidbWarm.settled()
    const [carol] = await tidbPool.sessions('carol')
    await carol.query('begin')
    const sleep = carol.send('select sleep(30) as killed')
    await expect.poll(() => carol.connection?.running).toBe(1)
    await carol.close()
    expect(await sleep).toEqual([{ killed: 1 }])
    await tidbWarm.settled()
    expect(tidbWarm.discarded).toEqual([])
    const [dave] = await tidbPool.sessions('dave')
    expect(dave.connectionId).toBe(carol.connectionId)
    expect(await dave.query('select @@tidb_current_ts as ts')).toEqual([{ ts: '0' }])
  })

  test('another user does not get it', async ({ tidbPool, tidb, requires }) => {
    await requires({ ours: true, because: 'makes a user' })
    await tidb.query('drop user if exists warm_reader')
    await tidb.query("create user warm_reader identified by 'secret'")
    await tidb.query('grant all on *.* to warm_reader')
    const reader = tidbPool.session('reader', { user: 'warm_reader', password: 'secret' })
    expect(await reader.query('select current_user() as who')).toEqual([{ who: 'warm_reader@%' }])
    await reader.close()
    await tidb.query('drop user warm_reader')
  })
})

test('without the option, connections end with their test', async ({ tidbPool, tidbWarm }) => {
  const before = tidbWarm.reused
  await tidbPool.session('erin').connecting()
  expect(tidbWarm.reused).toBe(before)
})
