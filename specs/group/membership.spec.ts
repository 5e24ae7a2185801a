import { randomUUID } from 'node:crypto'
import { expect, Secret, TiDBCoordinator } from 'vitest-tidb'
import { groupDatabase } from '../../src/group/name.ts'
import { closedPort } from '../../fixtures/closed-port.ts'
import { test } from './test.ts'

const LONG = { within: '60s' }

test('the last to leave drops the group, and nothing of it is left', async ({ join, groupExists }) => {
  const [a, b] = await Promise.all([join('a'), join('b')])
  await a.signal('loaded', 1)
  await a.leave()
  expect(await groupExists()).toBe(true)
  expect(await b.waitFor('loaded', LONG)).toBe(1)
  await b.leave()
  await b.leave()
  expect(await groupExists()).toBe(false)
  // The same name is another group then.
  const c = await join('c', { parties: 3 })
  await expect(c.waitFor('loaded', { within: '500ms' })).rejects.toMatchObject({ code: 'TIDB_DEADLINE_EXCEEDED' })
})

test('all leave at once, and all come at once, and it is one group each time', async ({ join, groupExists }) => {
  for (let round = 0; round < 3; round += 1) {
    const parties = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => join(name, { parties: 5 })))
    await Promise.all(parties.map((party) => party.ready(LONG)))
    await Promise.all(parties.map((party) => party.leave()))
    expect(await groupExists()).toBe(false)
  }
})

test('after leaving there is nothing to be had, and waits under way are given up', async ({ join, doing }) => {
  const [a] = await Promise.all([join('a', { parties: 2 }), join('b')])
  const waits = [
    a.barrier('loaded', LONG),
    a.waitFor('go', LONG),
    a.receive(LONG),
    a.turn('x', () => 1, { ...LONG, order: ['b', 'a'] }),
  ]
  const givenUp = Promise.all(waits.map((wait) => expect(wait).rejects.toMatchObject({ code: 'TIDB_ABORTED' })))
  for (const what of ['barrier "loaded"', 'signal "go"', 'a message', 'its turn in "x"']) {
    await expect.poll(() => doing('a')).toContain(`waiting for ${what}`)
  }
  await a.leave()
  await givenUp
  const late = [
    () => a.barrier('loaded'),
    () => a.signal('go'),
    () => a.send('b', 1),
    () => a.receive(),
    () => a.turn('x', () => 1),
  ]
  for (const ask of late) {
    await expect(ask()).rejects.toThrow(/^a has left group/)
  }
})

test('two parties can not have one name', async ({ join }) => {
  const a = await join('a', { parties: 2 })
  await expect(join('a')).rejects.toMatchObject({
    code: 'TIDB_COORDINATION_FAILED',
    message: expect.stringMatching(/^a is already in group "[\w-]+": a \(joined [\d.]+ m?s ago, under way\)/) as string,
  })
  await a.leave()
  await join('a')
})

test('one that has ended gives its name to another', async ({ join }) => {
  const [a, b] = await Promise.all([join('a', { parties: 2 }), join('b')])
  const passing = a.barrier('first', LONG)
  await b.barrier('first', LONG)
  await passing
  await b.fail(new Error('no rows'))
  await expect(a.barrier('second', LONG)).rejects.toThrow(`can't be filled: b (failed: no rows)`)
  const again = await join('b')
  const [passage] = await Promise.all([a.barrier('second', LONG), again.barrier('second', LONG)])
  expect(passage.parties.toSorted()).toEqual(['a', 'b'])
})

test('parties that take the group for another one are told so', async ({ join }) => {
  await join('a', { parties: ['a', 'b'] })
  await expect(join('b', { parties: 2 })).rejects.toThrow(
    /^group "[\w-]+" is for a, b according to its parties, and for 2 parties according to b/,
  )
  await expect(join('c')).rejects.toThrow(/^c can't join group "[\w-]+", which is for a, b/)
  await join('b', { parties: ['b', 'a'] })
})

test('a group that is counted takes no more than it is of', async ({ join }) => {
  const [, b] = await Promise.all([join('a'), join('b')])
  await expect(join('c', { parties: 2 })).rejects.toThrow(/^c can't join group "[\w-]+", which is for 2 parties: /)
  await b.leave()
  await join('b', { parties: 2 })
  await expect(join('c')).rejects.toThrow(/^c can't join/)
})

test('groups do not see each other, whatever they are called', async ({ joinGroup }) => {
  const name = `Ünïcode "quoted" \`ticked\` ${randomUUID()} ${'long '.repeat(4)}end`
  const names = [name, name.toUpperCase(), name.toLowerCase()]
  const parties = await Promise.all(names.map((group) => joinGroup(group, { name: `a "b" 'c' \`d\` \\ 🐬` })))
  await Promise.all(parties.map((party, at) => party.signal('here', at)))
  const seen = await Promise.all(parties.map((party) => party.waitFor('here', LONG)))
  expect(seen).toEqual([0, 1, 2])
  for (const group of names) expect(groupDatabase(group)).toMatch(/^vitest_tidb_group_[a-z0-9_]{1,45}$/)
})

test('what can not be an option is refused before anything is made', async ({ join, groupExists }) => {
  for (const [name, options, setting] of [
    ['', {}, 'name'],
    [' a', {}, 'name'],
    ['a\nb', {}, 'name'],
    ['a'.repeat(101), {}, 'name'],
    ['a', { parties: 0 }, 'parties'],
    ['a', { parties: 1.5 }, 'parties'],
    ['a', { parties: [] }, 'parties'],
    ['a', { lease: '499ms' }, 'lease'],
    ['a', { lease: 'soon' }, 'lease'],
    ['a', { within: -1 }, 'within'],
  ] as const) {
    await expect(join(name, options)).rejects.toMatchObject({ code: 'TIDB_CONFIG_INVALID', settings: [setting] })
  }
  expect(await groupExists()).toBe(false)
})

test('what a party fails with is told to the others without passwords', async ({
  join,
  group,
  tidbServer,
  requires,
}) => {
  await requires({ ours: true, because: 'makes a user' })
  const a = await join('a', { parties: 2 })
  const { config, host } = tidbServer
  await using root = await TiDBCoordinator.join({ ...config, host }, { group, name: 'b' })
  await root.fail(new Error(`refused: create user u identified by 'hunter2'\nsecond line`))
  await expect(a.barrier('loaded', LONG)).rejects.toThrow(`b (failed: refused: create user u identified by '***')`)
})

test('a user with rights on groups alone is enough, and its password is told to nobody', async ({
  tidb,
  join,
  group,
  tidbServer,
  requires,
}) => {
  await requires({ ours: true, because: 'makes a user' })
  const user = `group_${randomUUID().slice(0, 8)}`
  const password = randomUUID()
  await tidb.query('create user ? identified by ?', [user, password])
  try {
    const { config, host } = tidbServer
    const address = { ...config, host, user, password: new Secret(password) }
    await expect(TiDBCoordinator.join(address, { group, name: 'b' })).rejects.toMatchObject({
      code: 'TIDB_COORDINATION_FAILED',
      message: expect.stringMatching(
        /^b could not join group .*\n {2}server said: .*denied.*\n {2}try: grant the user CREATE, DROP and all on databases that begin with vitest_tidb_group_$/,
      ) as string,
    })
    await tidb.query('grant all on `vitest\\_tidb\\_group\\_%`.* to ?', [user])
    const a = await join('a', { parties: 2 })
    await using b = await TiDBCoordinator.join(address, { group, name: 'b' })
    await Promise.all([a.ready(LONG), b.ready(LONG)])
    await b.fail(new Error(`my password is ${password}`))
    await expect(a.barrier('loaded', LONG)).rejects.toThrow('b (failed: my password is ***)')
  } finally {
    await tidb.query('drop user ?', [user])
  }
})

test('joining is given up by a signal, and a server that is not there is an error that says so', async ({
  group,
  tidbServer,
}) => {
  const { config, host } = tidbServer
  const signal = AbortSignal.abort(new Error('not needed'))
  await expect(TiDBCoordinator.join({ ...config, host }, { group, name: 'a', signal })).rejects.toMatchObject({
    code: 'TIDB_ABORTED',
  })
  const port = await closedPort()
  await expect(
    TiDBCoordinator.join({ ...config, host: '127.0.0.1', port }, { group, name: 'a' }),
  ).rejects.toMatchObject({
    code: 'TIDB_COORDINATION_FAILED',
    message: expect.stringMatching(/^a could not join group .*\n {2}server said: ECONNREFUSED/) as string,
  })
})

test('a signal given when joining gives up every wait', async ({ group, tidbServer }) => {
  const { config, host } = tidbServer
  const controller = new AbortController()
  const { signal } = controller
  await using a = await TiDBCoordinator.join({ ...config, host }, { group, name: 'a', parties: 2, signal })
  const waits = [a.barrier('loaded', LONG), a.waitFor('go', { ...LONG, signal: new AbortController().signal })]
  const givenUp = waits.map((wait) => expect(wait).rejects.toThrow(/^gave up waiting for .*: over$/))
  controller.abort(new Error('over'))
  await Promise.all(givenUp)
})
