import { defineConnection, expect, StatementError, test } from 'vitest-tidb'

// What sessions notice when a part of a cluster halts or dies, and comes back.

const SLOW = { timeout: 120_000 }

test(
  'a node that halts answers nobody, holds what it held, and goes on where it stood',
  SLOW,
  async ({ startCluster, tidbPool }) => {
    const { nodes } = await startCluster({ nodes: 2 })
    const [first, second] = nodes
    const alice = tidbPool.session('alice', { node: second })
    const bob = tidbPool.session('bob', { node: first })
    const carol = tidbPool.session('carol', { node: first })
    await alice.query('create table account (id int primary key, balance int)')
    await alice.query('insert into account values (1, 10), (2, 20)')
    await carol.query('select 1')
    await alice.query('begin')
    await alice.query('update account set balance = 11 where id = 1')

    await second?.pause()
    const commit = alice.send('commit')
    // The other node works. A row that is locked waits; a schema change waits for the consent of the node that halts.
    expect(await bob.query('select balance from account where id = 1')).toEqual([{ balance: 10 }])
    await bob.query('update account set balance = 21 where id = 2')
    const write = bob.send('update account set balance = balance + 100 where id = 1')
    const change = carol.send('alter table account add column note int')
    const dave = tidbPool.session('dave', { node: second, connectTimeoutMs: 300, retries: 0 })
    await expect(dave.connect()).rejects.toThrow(/node 1 \(tidb-server v[\d.]+\), paused by the test \(SIGSTOP\)/)
    expect([commit, write, change].map(({ outcome }) => outcome)).toEqual([undefined, undefined, undefined])

    await second?.resume()
    await Promise.all([commit, write, change])
    expect(await alice.query('select * from account where id = 1')).toEqual([{ id: 1, balance: 111, note: null }])
  },
)

test(
  'without PD what needs a timestamp waits, and goes on when it is back',
  SLOW,
  async ({ startCluster, tidbPool }) => {
    const { nodes, pd } = await startCluster({ nodes: 2 })
    const alice = tidbPool.session('alice', { node: nodes[0] })
    const bob = tidbPool.session('bob', { node: nodes[1] })
    await alice.query('create table account (id int primary key, balance int)')
    await alice.query('insert into account values (1, 10)')
    await bob.query('select * from account where id = 1')

    await pd.kill()
    // A row by its key, read alone, is read as it is now: that takes no timestamp.
    expect(await bob.query('select * from account where id = 1')).toEqual([{ id: 1, balance: 10 }])
    const read = bob.send('select sum(balance) as total from account')
    const write = alice.send('update account set balance = 11')
    await expect(read).not.toBeReleasedWithin('300ms')
    expect(write.outcome).toBeUndefined()

    await pd.start()
    await write
    expect([[{ total: '10' }], [{ total: '11' }]]).toContainEqual([...(await read)])
    expect(await bob.query('select balance from account')).toEqual([{ balance: 11 }])
  },
)

test(
  'a storage node that is killed under 100 sessions loses nothing that was acknowledged',
  SLOW,
  async ({ startCluster, tidbPool }) => {
    const { nodes, storage } = await startCluster({ nodes: 2 })
    const admin = tidbPool.session('admin', { node: nodes[0] })
    await admin.query('create table entry (writer int, number int, primary key (writer, number))')
    const written = new Set<string>()
    const unknown = new Set<string>()
    let back = false
    const writer = (id: number) =>
      defineConnection({
        settings: { node: nodes[id % 2] },
        async work(session) {
          for (let number = 0; ; number += 1) {
            const last = back
            try {
              await session.query('insert into entry values (?, ?)', [id, number])
              written.add(`${id}:${number}`)
              if (last) return
            } catch (error) {
              // Whether it was done nobody can say: the answer was lost with the storage node.
              if (!(error instanceof StatementError) || error.errno === undefined) throw error
              unknown.add(`${id}:${number}`)
            }
          }
        },
      })
    const writers = Object.fromEntries(Array.from({ length: 100 }, (_, id) => [`writer-${id}`, writer(id)]))
    const run = tidbPool.run(writers, { concurrency: 100, within: '90s' })
    await expect.poll(() => written.size, { timeout: 30_000 }).toBeGreaterThan(300)
    await storage.kill()
    await storage.start()
    back = true
    await run

    const rows = await admin.query<{ id: string }>("select concat(writer, ':', number) as id from entry")
    const stored = new Set(rows.map(({ id }) => id))
    expect([...written].filter((id) => !stored.has(id))).toEqual([])
    expect([...stored].filter((id) => !written.has(id) && !unknown.has(id))).toEqual([])
    await admin.query('admin check table entry')
  },
)

test(
  'a node that refused dials until they were no longer made is dialled again once it is started',
  SLOW,
  async ({ startCluster, tidbPool }) => {
    const { nodes } = await startCluster({ nodes: 2 })
    const second = nodes[1]
    const dial = (name: string) => tidbPool.session(name, { node: second, retries: 0 }).connecting()
    await second?.kill()
    for (let number = 1; number <= 5; number += 1) await expect(dial(`early-${number}`)).rejects.toThrow('ECONNREFUSED')
    await expect(dial('late')).rejects.toThrow('not dialled')
    await second?.start()
    expect(await dial('again')).toMatchObject({ tls: false })
  },
)
