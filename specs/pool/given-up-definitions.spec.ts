import { expect, test, type Session } from 'vitest-tidb'

/** A table that alice's transaction uses, so that DDL on it waits for her. */
async function tableInUse(alice: Session): Promise<void> {
  await alice.query('create table item (id int primary key, name text)')
  await alice.query('begin')
  await alice.query('select * from item')
}

/** Until a statement waits for alice. Asked over a session of its own: hers reads as of its begin. */
async function untilItWaits(witness: Session): Promise<void> {
  await expect
    .poll(() => witness.query('select job_id from mysql.tidb_mdl_view where db_name = database()'), { interval: 10 })
    .not.toEqual([])
}

async function columns(session: Session): Promise<unknown[]> {
  const rows = await session.query<{ Field: string }>('show columns from item')
  return rows.map(({ Field }) => Field)
}

/** Until the server has no DDL job of that connection any more: what it was to make is made now, or never. */
async function noJobOf(session: Session, connectionId: number | undefined): Promise<void> {
  const jobs = () =>
    session.query(
      "select job_id from mysql.tidb_ddl_job where json_extract(convert(job_meta using utf8mb4), '$.trace_info.connection_id') = ?",
      [connectionId],
    )
  await expect.poll(jobs, { interval: 10 }).toEqual([])
}

test('DDL that is given up while it waits is cancelled: nothing of it is made later', async ({ tidbPool }) => {
  const [alice, bob, carol] = await tidbPool.sessions('alice', 'bob', 'carol')
  await tableInUse(alice)
  const change = bob.query('-- wider\nalter table item add column price int', [], { within: '500ms' })
  const given = expect(change).rejects.toThrow(
    /waited 500 ms for bob's statement[^]*DDL job \d+ was cancelled: nothing was changed/,
  )
  // While it waits it can't be rolled back either.
  await expect
    .poll(() => carol.query("admin show ddl jobs 1 where state = 'cancelling' and db_name = database()"), {
      interval: 10,
    })
    .toHaveLength(1)
  await alice.query('commit')
  await given
  expect(await columns(alice)).toEqual(['id', 'name'])
  // Bob's connection is as good as before.
  expect(await bob.query('select 1 as one')).toEqual([{ one: 1 }])
})

test('when it waits on, that is told, and it is not made when the wait is over', async ({ tidbPool }) => {
  const [alice, bob, carol] = await tidbPool.sessions('alice', 'bob', 'carol')
  await tableInUse(alice)
  const controller = new AbortController()
  const change = bob.query('alter table item add column price int', [], { signal: controller.signal })
  const given = expect(change).rejects.toThrow(
    /gave up alter table[^]*enough[^]*DDL job \d+ is being cancelled, and still waits/,
  )
  await untilItWaits(carol)
  const { connectionId } = bob
  controller.abort(new Error('enough'))
  await given
  await alice.query('commit')
  await noJobOf(carol, connectionId)
  expect(await columns(alice)).toEqual(['id', 'name'])
})

test('DDL that is too far on is told to have been made all the same', async ({ tidbPool }) => {
  const [alice, bob, carol] = await tidbPool.sessions('alice', 'bob', 'carol')
  await tableInUse(alice)
  // Not by a deadline: on a cluster a node that does not own the DDL may begin half a second later.
  const controller = new AbortController()
  const change = bob.query('alter table item drop column name', [], { signal: controller.signal })
  const given = expect(change).rejects.toThrow(/gave up alter table[^]*enough[^]*the change was made anyway/)
  await untilItWaits(carol)
  controller.abort(new Error('enough'))
  await carol.query('do sleep(0.1)')
  await alice.query('commit')
  await given
  expect(await columns(alice)).toEqual(['id'])
})

test('a user who may not see DDL jobs is told that nobody knows', async ({ tidbPool, database, requires }) => {
  await requires({ ours: true, because: 'makes a user' })
  const [alice, carol] = await tidbPool.sessions('alice', 'carol')
  await tableInUse(alice)
  const user = `${database}_u`
  await carol.query(`create user '${user}'@'%'`)
  await carol.query(`grant all on \`${database}\`.* to '${user}'@'%'`)
  const bob = tidbPool.session('bob', { user })
  const controller = new AbortController()
  const change = bob.query('alter table item add column price int', [], { signal: controller.signal })
  const given = expect(change).rejects.toThrow(
    /gave up alter table[^]*it is not known whether the change was made[^]*SELECT on the schema mysql/,
  )
  await untilItWaits(carol)
  controller.abort(new Error('enough'))
  await carol.query('do sleep(0.2)')
  await alice.query('commit')
  await given
  await carol.query(`drop user '${user}'@'%'`)
})
