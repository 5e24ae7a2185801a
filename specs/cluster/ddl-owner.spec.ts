import { vi } from 'vitest'
import { expect, test } from 'vitest-tidb'

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
    await owner.kill()
    await alice.query('commit')

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
