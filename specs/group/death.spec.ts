import { spawn, type ChildProcess } from 'node:child_process'
import { vi } from 'vitest'
import { expect, loadConfig, TiDBCoordinator } from 'vitest-tidb'
import { runnable } from '../../fixtures/runnable.ts'
import { serverEnv } from '../../fixtures/server-env.ts'
import { whyNoBinary } from '../../fixtures/local-binary.ts'
import { quoteName } from '../../src/quote-name.ts'
import { groupDatabase } from '../../src/group/name.ts'
import { test as base } from './test.ts'

const LONG = { within: '60s' }
const WAIT = { timeout: 60_000, interval: 10 }
const SCRIPT = await runnable('specs/group/party.ts')

interface PartyProcess {
  readonly child: ChildProcess
  readonly output: () => string
}

const test = base
  // Starts a party in a process of its own, and waits until it is at its barrier.
  .extend('startParty', ({ group, doing }, { onCleanup }) => {
    const started: ChildProcess[] = []
    onCleanup(() => {
      for (const child of started) child.kill('SIGKILL')
    })
    return async (name: string, does: 'all' | 'two' | 'idle', options: object): Promise<PartyProcess> => {
      const child = spawn(process.execPath, [SCRIPT, group, name, does, JSON.stringify(options)], {
        env: { ...process.env, ...serverEnv() },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      started.push(child)
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)))
      await vi.waitUntil(() => output.includes('joined\n') || child.exitCode !== null, WAIT)
      expect(output).toBe('joined\n')
      if (does !== 'idle') await expect.poll(() => doing(name), WAIT).toBe('waiting for barrier "loaded"')
      return { child, output: () => output }
    }
  })
  // The server's numbers of the connections of a group's only party: that of its heartbeats first.
  .extend('connections', ({ tidb, group }) => async () => {
    const found = await tidb.query<{ id: number }>(
      `select id from information_schema.processlist where db = ? order by session_alias = '', id`,
      [groupDatabase(group)],
    )
    return found.map(({ id }) => id)
  })
  // Kills a party, and waits until the server has noticed, which takes it some ms.
  .extend('kill', ({ tidb, group }) => async ({ child }: PartyProcess, name: string) => {
    const [party] = await tidb.query<{ token: string }>(
      `select token from ${quoteName(groupDatabase(group))}.party where name = ?`,
      [name],
    )
    const seen = () =>
      tidb.query('select 1 from information_schema.processlist where session_alias = ?', [party?.token])
    expect(await seen()).toHaveLength(1)
    child.kill('SIGKILL')
    await vi.waitUntil(async () => (await seen()).length === 0, WAIT)
  })

test('one that is killed releases the others at once, and its name', async ({ join, startParty, groupExists }) => {
  const a = await join('a', { parties: 3 })
  const [c, { child }] = await Promise.all([join('c'), startParty('b', 'all', { parties: 3 })])
  const waits = [a.barrier('loaded', LONG), c.waitFor('go', { ...LONG, from: 'b' })]
  const released = Promise.all(
    waits.map((wait) =>
      expect(wait).rejects.toMatchObject({
        code: 'TIDB_COORDINATION_FAILED',
        message: expect.stringContaining('b (died: its connection to the server ended)') as string,
      }),
    ),
  )
  child.kill('SIGKILL')
  await released
  // It had arrived, and yet meets nobody.
  await expect(c.barrier('loaded', LONG)).rejects.toThrow(`can't be filled: b (died`)
  const again = await join('b')
  await Promise.all([a, again, c].map((party) => party.barrier('loaded', LONG)))
  await Promise.all([a, again, c].map((party) => party.leave()))
  expect(await groupExists()).toBe(false)
})

test('nobody meets the dead', async ({ join, startParty, doing }) => {
  const a = await join('a', { parties: 3 })
  const c = await join('c')
  const { child } = await startParty('b', 'two', { parties: 3 })
  child.kill('SIGKILL')
  await expect(a.waitFor('go', { ...LONG, from: 'b' })).rejects.toThrow('b (died: its connection to the server ended)')
  const first = a.barrier('loaded', { ...LONG, parties: 2 })
  await expect.poll(() => doing('a')).toBe('waiting for barrier "loaded"')
  expect((await c.barrier('loaded', { ...LONG, parties: 2 })).parties).toEqual(['a', 'c'])
  await first
})

test('the last to leave drops the group although one was killed', async ({ join, startParty, kill, groupExists }) => {
  const a = await join('a', { parties: 3 })
  await kill(await startParty('b', 'all', { parties: 3 }), 'b')
  await a.leave()
  expect(await groupExists()).toBe(false)
})

test('a suspended party is declared dead, and learns it when it goes on', async ({ join, startParty }) => {
  const a = await join('a', { parties: 3 })
  const { child, output } = await startParty('b', 'all', { parties: 3, lease: '1s' })
  child.kill('SIGSTOP')
  await expect(a.waitFor('go', { ...LONG, from: 'b' })).rejects.toThrow('b (died: its lease expired)')
  // The barrier is filled without it, and it does not pass.
  const again = await join('b')
  const c = await join('c')
  const passage = await Promise.all([a, again, c].map((party) => party.barrier('loaded', LONG)))
  expect(passage[0]?.parties.toSorted()).toEqual(['a', 'b', 'c'])
  child.kill('SIGCONT')
  await vi.waitUntil(() => output().endsWith('left\n'), WAIT)
  expect(output()).toMatch(/^joined\nCoordinationError: b was declared dead by group/)
  // What it did on its way out did not touch the one that took its place.
  await Promise.all([a, again, c].map((party) => party.barrier('again', LONG)))
})

test('a suspended party learns it although nobody polled', async ({ join, startParty, tidb, group }) => {
  // It waits for nothing, and so polls nothing; it keeps the group, which others might clear away.
  await join('a', { parties: 2 })
  const { child, output } = await startParty('b', 'all', { parties: 2, lease: '1s' })
  child.kill('SIGSTOP')
  const expired = () =>
    tidb.query(`select 1 from ${quoteName(groupDatabase(group))}.party where expires_at < utc_timestamp(6)`)
  await vi.waitUntil(async () => (await expired()).length === 1, WAIT)
  child.kill('SIGCONT')
  await vi.waitUntil(() => output().endsWith('left\n'), WAIT)
  expect(output()).toMatch(/^joined\nCoordinationError: b was declared dead by group .*: died: its lease expired\n/)
})

test('a suspended party does not come back to life by going on', async ({ join, startParty, tidb, group }) => {
  await join('a')
  const { child, output } = await startParty('b', 'idle', { lease: '1s' })
  const party = `${quoteName(groupDatabase(group))}.party`
  const expired = () => tidb.query(`select 1 from ${party} where expires_at < utc_timestamp(6)`)
  child.kill('SIGSTOP')
  await vi.waitUntil(async () => (await expired()).length === 1, WAIT)
  child.kill('SIGCONT')
  await vi.waitUntil(async () => (await tidb.query(`select 1 from ${party} where state = 'failed'`)).length === 1, WAIT)
  child.kill('SIGUSR2')
  await vi.waitUntil(() => output().endsWith('left\n'), WAIT)
  expect(output()).toMatch(/^joined\nCoordinationError: b was declared dead by group/)
})

test.for([
  ['that of its heartbeats', [0]],
  ['that of its waits', [1]],
  ['both', [0, 1]],
] as const)(
  'a party that loses a connection (%s) fails by name, and releases the others',
  async ([, which], { join, connections, doing, tidb, groupExists }) => {
    const a = await join('a', { parties: 2 })
    const ids = await connections()
    const b = await join('b')
    expect(ids).toHaveLength(2)
    const lost = expect(a.barrier('loaded', LONG)).rejects.toMatchObject({
      code: 'TIDB_COORDINATION_FAILED',
      message: expect.stringMatching(/^a lost its connection to group "[\w-]+"\n {2}server said: /) as string,
      cause: expect.objectContaining({ code: 'TIDB_STATEMENT_FAILED' }) as unknown,
    })
    const released = expect(b.waitFor('go', LONG)).rejects.toThrow(
      /will not be sent: a \((failed: a lost its connection|died: its connection to the server ended)/,
    )
    // Not in the middle of a transaction: v8.5.4 as a whole can die of that.
    for (const name of ['a', 'b']) await expect.poll(() => doing(name)).toContain('waiting for')
    for (const at of which) await tidb.query(`kill tidb ${ids[at]}`)
    await Promise.all([lost, released])
    await expect(a.signal('go')).rejects.toThrow('a lost its connection')
    await b.leave()
    await a.leave()
    expect(await groupExists()).toBe(false)
  },
)

test('a party that waits for nothing and loses its connection fails all the same', async ({
  join,
  connections,
  tidb,
}) => {
  const a = await join('a', { parties: 2 })
  const [, id] = await connections()
  const b = await join('b')
  await tidb.query(`kill tidb ${id}`)
  await expect(b.waitFor('go', LONG)).rejects.toThrow('will not be sent: a (failed: a lost its connection')
  await expect(a.signal('go')).rejects.toThrow('a lost its connection')
})

test('the only one, having lost its connections, still leaves nothing behind', async ({
  join,
  connections,
  doing,
  tidb,
  groupExists,
}) => {
  const a = await join('a', { parties: 2 })
  const lost = expect(a.barrier('loaded', LONG)).rejects.toThrow('a lost its connection')
  await expect.poll(() => doing('a')).toBe('waiting for barrier "loaded"')
  for (const id of await connections()) await tidb.query(`kill tidb ${id}`)
  await lost
  await a.leave()
  expect(await groupExists()).toBe(false)
})

test('a connection that is lost while leaving is replaced, so that nothing is left behind', async ({
  join,
  connections,
  tidb,
  groupExists,
}) => {
  for (const at of [0, 1]) {
    const a = await join('a', { parties: 2 })
    const id = (await connections())[at]
    // The server answers before the other connection has heard of it.
    await tidb.query(`kill tidb ${id}`)
    await a.leave()
    expect(await groupExists()).toBe(false)
  }
})

test('a group that somebody drops is an error to those in it', async ({ join, tidb, group, groupExists }) => {
  const a = await join('a', { parties: 2, lease: '1s' })
  const ended = expect(a.barrier('loaded', LONG)).rejects.toMatchObject({
    code: 'TIDB_COORDINATION_FAILED',
    answer: { errno: 1146 },
  })
  await tidb.query(`drop database ${quoteName(groupDatabase(group))}`)
  await ended
  await expect.poll(() => a.signal('go').catch(String)).toMatch(/a can't send a heartbeat to group/)
  await a.leave()
  expect(await groupExists()).toBe(false)
})

test('when all were killed, the next group of the server clears away what they left', async ({
  startParty,
  joinGroup,
  groupExists,
  group,
  kill,
}) => {
  const b = await startParty('b', 'all', { parties: 2 })
  expect(await groupExists()).toBe(true)
  await kill(b, 'b')
  await joinGroup(`not ${group}`, { name: 'a' })
  expect(await groupExists()).toBe(false)
})

test('when all were killed, the next of the same name begins afresh', async ({ startParty, join, kill }) => {
  await kill(await startParty('b', 'all', { parties: 5 }), 'b')
  const a = await join('a', { parties: 2 })
  await expect(a.waitFor('go', { within: '200ms' })).rejects.toThrow('nobody has sent it; nobody else has joined')
})

test('a group in which somebody lives is not cleared away by others', async ({
  join,
  joinGroup,
  group,
  groupExists,
}) => {
  const a = await join('a', { parties: 2 })
  await joinGroup(`not ${group}`, { name: 'a' })
  await joinGroup(`nor ${group}`, { name: 'a' })
  expect(await groupExists()).toBe(true)
  await Promise.all([a.ready(LONG), (await join('b')).ready(LONG)])
})

test('when the server goes away, every wait ends by name, and leaving is no error', async ({ startTiDB, skip }) => {
  const why = await whyNoBinary()
  skip(why !== undefined, why)
  const server = await startTiDB({ provider: 'binary' })
  const { host, port } = server
  const { config } = loadConfig({ options: server.settings, env: {}, envFile: false })
  const address = { ...config, host, port }
  await using a = await TiDBCoordinator.join(address, { group: 'g', name: 'a', parties: 2 })
  const waits = [a.barrier('loaded', LONG), a.waitFor('go', LONG), a.receive(LONG)]
  const ended = Promise.all(waits.map((wait) => expect(wait).rejects.toThrow(/^a lost its connection to group "g"/)))
  await server.stop()
  await ended
  await a.leave()
})

test('when one may not see the sessions of another, the lease tells', async ({
  tidb,
  tidbServer,
  group,
  startParty,
  requires,
}) => {
  await requires({ ours: true, because: 'makes a user' })
  const user = `group_${group.slice(0, 8)}`
  await tidb.query('create user ?', [user])
  try {
    await tidb.query('grant all on `vitest\\_tidb\\_group\\_%`.* to ?', [user])
    const { config, host } = tidbServer
    await using a = await TiDBCoordinator.join({ ...config, host, user }, { group, name: 'a', parties: 3 })
    const { child } = await startParty('b', 'all', { parties: 3, lease: '1s' })
    child.kill('SIGKILL')
    await expect(a.barrier('loaded', LONG)).rejects.toThrow(`can't be filled: b (died: its lease expired)`)
  } finally {
    await tidb.query('drop user ?', [user])
  }
})
