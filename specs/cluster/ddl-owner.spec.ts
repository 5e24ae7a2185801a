import { vi } from 'vitest'
import { expect, test } from 'vitest-tidb'
import { ddlOwnerAnswers } from 'vitest-tidb/checks'

const WAIT = { timeout: 30_000, interval: 50 }

test(
  'when the DDL owner dies in the middle of ADD INDEX, another node takes over, and the index is whole',
  { timeout: 120_000 },
  async ({ startCluster, tidbPool }) => {
    const cluster = await startCluster({ nodes: 2 })
    const owner = await cluster.ddlOwner()
    const other = cluster.nodes.find((node) => node !== owner)
    const alice = tidbPool.session('alice', { node: other })
    const bob = tidbPool.session('bob', { node: other })
    await alice.query('create table item (id int primary key auto_increment, value int)')
    await alice.query('insert into item (value) values (1), (2), (3), (4)')
    for (let rows = 4; rows < 4_096; rows *= 2)
      await alice.query('insert into item (value) select value + id from item')

    // A transaction on the table holds the change at its second step: the job is begun, the index is not there yet.
    await alice.query('begin')
    await alice.query('insert into item (value) values (0)')
    const change = bob.send('alter table item add index by_value (value)')
    await expect(change).toBeBlockedBy(alice)
    const carol = tidbPool.session('carol', { node: other })
    expect(await ddlOwnerAnswers(carol)).toEqual([])
    await owner.kill()
    await alice.query('commit')
    expect(await ddlOwnerAnswers(carol)).toMatchObject([
      { message: expect.stringContaining(`${owner.host}:${owner.port} is the owner, and does not answer`) as string },
    ])

    // A node that died keeps its office until its lease ends; changes wait as well until nobody expects its consent.
    const leases = await cluster.endLeases(owner)
    const lease = leases.find(({ keys }) => keys.some((key) => key.startsWith('/tidb/ddl/fg/owner/')))
    expect(lease).toMatchObject({ seconds: 60 })
    expect(Math.max(...leases.map(({ seconds }) => seconds))).toBe(90)
    expect(await vi.waitFor(() => cluster.ddlOwner(), WAIT)).toBe(other)
    await change

    await alice.query('admin check table item')
    const [counted] = await alice.query<{ n: number }>(
      'select count(*) as n from item use index (by_value) where value >= 0',
    )
    expect(counted).toEqual({ n: 4_097 })
    const [job] = await alice.query<{ state: string; took: number }>(
      `select state, timestampdiff(microsecond, start_time, end_time) / 1000000 as took
        from information_schema.ddl_jobs where table_name = 'item' and job_type like 'add index%'`,
    )
    expect(job).toMatchObject({ state: 'synced' })
    // By the server's account the change took as long as this: without the end of its leases it would be a minute and more.
    expect(Number(job?.took)).toBeLessThan(60)
  },
)

test(
  'when the DDL owner dies while rows go into an index, the next one goes on from there',
  { timeout: 120_000 },
  async ({ startCluster, tidbPool }) => {
    const cluster = await startCluster({ nodes: 2 })
    const owner = await cluster.ddlOwner()
    const other = cluster.nodes.find((node) => node !== owner)
    const alice = tidbPool.session('alice', { node: other })
    const bob = tidbPool.session('bob', { node: other })
    await alice.query('create table item (id int primary key auto_increment, value int)')
    await alice.query('insert into item (value) values (1), (2), (3), (4)')
    for (let rows = 4; rows < 131_072; rows *= 2)
      await alice.query('insert into item (value) select value + id from item')
    // By transactions of 32 rows, one after the other. How many are done is told seconds apart: first, a quarter.
    for (const [name, value] of Object.entries({
      tidb_ddl_enable_fast_reorg: 'off',
      tidb_enable_dist_task: 'off',
      tidb_ddl_reorg_worker_cnt: 1,
      tidb_ddl_reorg_batch_size: 32,
    })) {
      await alice.query(`set global ${name} = ${value}`)
    }

    const change = bob.send('alter table item add index by_value (value)')
    const job = async () => {
      const [row] = await alice.query<{ state: string; step: string; done: number }>(
        `select state, schema_state as step, row_count as done
          from information_schema.ddl_jobs where table_name = 'item' and job_type like 'add index%'`,
      )
      return row
    }
    await vi.waitUntil(async () => Number((await job())?.done) > 0, WAIT)
    await owner.kill()
    const left = await job()
    expect(left).toMatchObject({ state: 'running', step: 'write reorganization' })
    expect(Number(left?.done)).toBeLessThan(131_072)
    await cluster.endLeases(owner)
    await change

    expect(await cluster.ddlOwner()).toBe(other)
    await alice.query('admin check table item')
    const after = await job()
    expect(after).toMatchObject({ state: 'synced' })
    // What was done twice counts twice.
    expect(Number(after?.done)).toBeGreaterThanOrEqual(131_072)
  },
)

test(
  'a node that is shut down hands its office over, and one that died and is started again is no longer waited for',
  { timeout: 120_000 },
  async ({ startCluster, tidbPool }) => {
    const cluster = await startCluster({ nodes: 2 })
    const owner = await cluster.ddlOwner()
    const other = cluster.nodes.find((node) => node !== owner)
    await owner.stop()
    expect(await vi.waitFor(() => cluster.ddlOwner(), WAIT)).toBe(other)
    const alice = tidbPool.session('alice', { node: other })
    await alice.query('create table one (id int primary key)', [], { within: '20s' })

    await owner.start()
    await owner.kill()
    await owner.start()
    // By its address the server knows that it is the same node, and waits only for its newest start.
    await alice.query('create table two (id int primary key)', [], { within: '20s' })
    const bob = tidbPool.session('bob', { node: owner })
    expect(await bob.query('show tables')).toHaveLength(2)
  },
)
