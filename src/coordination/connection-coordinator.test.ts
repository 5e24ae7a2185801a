import { describe, expect, test, vi } from 'vitest'
import { CoordinationError, DeadlineError } from '../errors.ts'
import { ConnectionCoordinator } from './connection-coordinator.ts'
import type { Message } from './coordinator.ts'
import type { Group } from './member.ts'

function meeting(...names: string[]) {
  const coordinator = new ConnectionCoordinator({ within: '2s' })
  return { coordinator, parties: names.map((name) => coordinator.join(name)) }
}

function run(names: readonly string[], capacity = names.length) {
  const coordinator = new ConnectionCoordinator({ within: '2s' })
  const group: Group = { names, capacity }
  const { signal } = new AbortController()
  const begin = (name: string) =>
    coordinator.joinRun(name, { group }, { index: names.indexOf(name), count: names.length, abortSignal: signal })
  return { coordinator, begin }
}

/** What a promise was rejected with. */
async function failureOf(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => expect.fail('nothing failed'),
    (error: unknown) => error as Error,
  )
}

describe('a barrier', () => {
  test('lets all go on once the last has arrived, and tells each its place', async () => {
    const { parties } = meeting('alice', 'bob', 'carol')
    const [alice, bob, carol] = parties
    const gone: string[] = []
    const first = alice?.barrier('x').then((passage) => (gone.push('alice'), passage))
    const second = bob?.barrier('x').then((passage) => (gone.push('bob'), passage))
    await Promise.resolve()
    expect(gone).toEqual([])
    const last = await carol?.barrier('x')
    expect(last).toMatchObject({ place: 2, parties: ['alice', 'bob', 'carol'] })
    expect((await first)?.place).toBe(0)
    expect((await second)?.place).toBe(1)
  })

  test('can be used again, by a fast party before a slow one has noticed', async () => {
    const { begin } = run(['alice', 'bob'])
    const [alice, bob] = [begin('alice'), begin('bob')]
    const rounds = async (party: typeof alice) => {
      const places = []
      for (let round = 0; round < 50; round += 1) places.push((await party.barrier('again')).place)
      return places
    }
    const [a, b] = await Promise.all([rounds(alice), rounds(bob)])
    expect(a.map((place, at) => place + (b[at] ?? 9))).toEqual(Array.from({ length: 50 }, () => 1))
  })

  test('is for certain parties, or for a number of them', async () => {
    const { parties } = meeting('alice', 'bob', 'carol')
    const [alice, bob, carol] = parties
    await Promise.all([alice?.barrier('two', { parties: 2 }), carol?.barrier('two', { parties: 2 })])
    await Promise.all([
      alice?.barrier('named', { parties: ['alice', 'bob'] }),
      bob?.barrier('named', { parties: ['bob', 'alice'] }),
    ])
    const wrong = failureOf(carol?.barrier('named', { parties: ['alice', 'bob'] }) ?? Promise.resolve())
    expect((await wrong).message).toContain('carol came to barrier "named", which is for alice, bob')
  })

  test('past its deadline names who came, who is missing, and what each of them does', async () => {
    const coordinator = new ConnectionCoordinator()
    const alice = coordinator.join('alice')
    const bob = coordinator.join('bob', { describe: () => 'in GettingVersion' })
    const carol = coordinator.join('carol')
    const waiting = failureOf(bob.waitFor('go', { within: 80 }))
    const error = await failureOf(alice.barrier('loaded', { within: 30 }))
    expect(error).toBeInstanceOf(DeadlineError)
    expect(error.message).toBe(
      'waited 30 ms for barrier "loaded": 1 of 3 arrived (alice); ' +
        'missing: bob (in GettingVersion, waiting for signal "go"), carol (under way)',
    )
    expect(carol.name).toBe('carol')
    await waiting
  })

  test('that more are to meet at than may work at once is an error at once', async () => {
    const { begin } = run(['a', 'b', 'c', 'd'], 2)
    const error = await failureOf(begin('a').barrier('full', { within: '1h' }))
    expect(error).toBeInstanceOf(CoordinationError)
    expect(error.message).toContain('needs 4 sessions and only 2 work at once: it can never be filled')
    expect(error.message).toContain('concurrency: 4')
    await Promise.all([begin('b').barrier('pair', { parties: 2 }), begin('c').barrier('pair', { parties: 2 })])
  })

  test.for(['failed', 'ended'])('is given up at once where one that is to come has %s', async (how) => {
    const { coordinator, begin } = run(['alice', 'bob', 'carol'])
    const [alice, bob] = [begin('alice'), begin('bob')]
    begin('carol')
    const cause = new Error('disk full')
    const waits = [alice, bob].map((party) => failureOf(party.barrier('x', { within: '1h' })))
    coordinator.end('carol', how === 'failed' ? cause : undefined)
    const errors = await Promise.all(waits)
    for (const error of errors) {
      expect(error).toBeInstanceOf(CoordinationError)
      expect(error.message).toContain(`barrier "x" can't be filled: carol ${how}`)
    }
    expect(errors[0]?.cause).toBe(how === 'failed' ? cause : undefined)
    // And whoever comes later as well.
    expect((await failureOf(alice.barrier('y', { within: '1h' }))).message).toContain("can't be filled: carol")
  })

  test('that counts is given up once too few are left', async () => {
    const { coordinator, parties } = meeting('alice', 'bob', 'carol')
    const [alice] = parties
    const wait = failureOf(alice?.barrier('x', { parties: 2, within: '1h' }) ?? Promise.resolve())
    coordinator.end('bob')
    await expect(Promise.race([wait, Promise.resolve('waits')])).resolves.toBe('waits')
    coordinator.end('carol')
    expect((await wait).message).toContain('carol ended')
  })

  test('is not entered twice by one party, nor with another idea of who meets', async () => {
    const { coordinator, parties } = meeting('alice', 'bob', 'carol')
    const [alice, bob, carol] = parties
    const first = alice?.barrier('x', { parties: 3 })
    expect((await failureOf(alice?.barrier('x', { parties: 3 }) ?? Promise.resolve())).message).toContain('already')
    expect((await failureOf(bob?.barrier('x', { parties: 2 }) ?? Promise.resolve())).message).toContain(
      'for 3 parties, as alice has it, and for 2 parties, as bob has it',
    )
    await Promise.all([first, bob?.barrier('x', { parties: 3 }), carol?.barrier('x', { parties: 3 })])
    expect(coordinator.state.events.filter(({ kind }) => kind === 'passed')).toHaveLength(3)
  })

  test('is left by a signal', async () => {
    const { parties } = meeting('alice', 'bob')
    const controller = new AbortController()
    const wait = failureOf(parties[0]?.barrier('x', { signal: controller.signal, within: '1h' }) ?? Promise.resolve())
    controller.abort(new Error('no longer needed'))
    expect((await wait).message).toContain('gave up waiting for barrier "x": no longer needed')
  })

  test('ready is one for all', async () => {
    const { begin } = run(['alice', 'bob'])
    const passages = await Promise.all([begin('alice').ready(), begin('bob').ready()])
    expect(passages.map(({ place }) => place)).toEqual([0, 1])
  })
})

describe('a signal', () => {
  test('is noticed by who waits and by who comes later, with its value', async () => {
    const { coordinator, parties } = meeting('alice', 'bob')
    const [alice, bob] = parties
    const early = alice?.waitFor<number>('rows')
    await bob?.signal('rows', 42)
    expect(await early).toBe(42)
    expect(await coordinator.waitFor('rows')).toBe(42)
  })

  test('is given once: again with the same value does no harm, with another it is an error', async () => {
    const { parties } = meeting('alice')
    await parties[0]?.signal('go', { at: 1 })
    await parties[0]?.signal('go', { at: 1 })
    await expect(parties[0]?.signal('go', { at: 2 })).rejects.toThrow('has another value already')
  })

  test('that nobody is left to give is given up at once', async () => {
    const { coordinator, begin } = run(['alice', 'bob', 'carol'])
    const [alice, bob] = [begin('alice'), begin('bob')]
    begin('carol')
    const waits = [failureOf(alice.waitFor('go', { within: '1h' })), failureOf(bob.waitFor('go', { within: '1h' }))]
    coordinator.end('carol', new Error('lost'))
    for (const error of await Promise.all(waits)) {
      expect(error.message).toContain('signal "go" will not be given: carol failed: lost')
    }
  })

  test('that one party is to give is given up with that one', async () => {
    const { coordinator, begin } = run(['alice', 'bob', 'carol'])
    const alice = begin('alice')
    begin('bob')
    begin('carol')
    const wait = failureOf(alice.waitFor('go', { from: 'bob', within: '1h' }))
    coordinator.end('bob')
    expect((await wait).message).toContain('bob ended')
  })

  test('past its deadline says what the others do', async () => {
    const { parties } = meeting('alice', 'bob')
    const error = await failureOf(parties[0]?.waitFor('go', { within: 20 }) ?? Promise.resolve())
    expect(error.message).toBe('waited 20 ms for signal "go": nobody gave it; the others: bob (under way)')
  })
})

describe('turns', () => {
  test('are taken in their order, whoever comes first', async () => {
    const { begin } = run(['a', 'b', 'c'])
    const done: string[] = []
    const take = (name: string) => {
      const party = begin(name)
      return () => party.turn('write', () => done.push(name))
    }
    const [a, b, c] = ['a', 'b', 'c'].map(take)
    await Promise.all([c?.(), b?.(), a?.()])
    expect(done).toEqual(['a', 'b', 'c'])
    await Promise.all([b?.(), a?.(), c?.()])
    expect(done).toEqual(['a', 'b', 'c', 'a', 'b', 'c'])
  })

  test('have an order of their own where one is given', async () => {
    const { parties } = meeting('a', 'b')
    const done: string[] = []
    const order = ['b', 'a']
    await Promise.all(parties.map((party) => party.turn('x', () => done.push(party.name), { order })))
    expect(done).toEqual(['b', 'a'])
  })

  test('end with the one that fails in its turn, and with one that ends before its own', async () => {
    const { coordinator, begin } = run(['a', 'b', 'c'])
    const [a, b, c] = [begin('a'), begin('b'), begin('c')]
    const waits = [failureOf(b.turn('x', () => 1, { within: '1h' })), failureOf(c.turn('x', () => 1, { within: '1h' }))]
    const cause = new Error('no space')
    expect(await failureOf(a.turn('x', () => Promise.reject(cause)))).toBe(cause)
    for (const error of await Promise.all(waits)) {
      expect(error.message).toContain('a failed in its turn in "x"')
      expect(error.cause).toBe(cause)
    }
    const waiting = failureOf(c.turn('y', () => 1, { within: '1h' }))
    coordinator.end('b')
    expect((await waiting).message).toContain('turns "y" can\'t go on: b ended')
  })

  test('past the deadline name whose turn it is', async () => {
    const { begin } = run(['a', 'b'])
    begin('a')
    const error = await failureOf(begin('b').turn('x', () => 1, { within: 20 }))
    expect(error.message).toBe('waited 20 ms for its turn in "x": it is the turn of a (under way)')
  })
})

describe('messages', () => {
  test('come once, in order, to who receives or listens', async () => {
    const { parties } = meeting('alice', 'bob', 'carol')
    const [alice, bob, carol] = parties
    for (const body of [1, 2, 3]) await alice?.send('bob', body)
    expect(await bob?.receive()).toEqual({ from: 'alice', body: 1 })
    const heard: unknown[] = []
    const stop = bob?.listen(({ body }) => {
      heard.push(body)
    })
    await vi.waitUntil(() => heard.length === 2)
    await carol?.broadcast('all')
    await vi.waitUntil(() => heard.length === 3)
    stop?.()
    await alice?.send('bob', 'later')
    expect(heard).toEqual([2, 3, 'all'])
    expect(await bob?.receive()).toEqual({ from: 'alice', body: 'later' })
    expect(await alice?.receive()).toEqual({ from: 'carol', body: 'all' })
  })

  test('to a slow listener come one at a time', async () => {
    const { parties } = meeting('alice', 'bob')
    const [alice, bob] = parties
    let busy = 0
    const heard: unknown[] = []
    bob?.listen(async ({ body }) => {
      busy += 1
      expect(busy).toBe(1)
      await new Promise(setImmediate)
      heard.push(body)
      busy -= 1
    })
    for (let body = 0; body < 20; body += 1) await alice?.send('bob', body)
    await vi.waitUntil(() => heard.length === 20)
    expect(heard).toEqual(Array.from({ length: 20 }, (_, body) => body))
  })

  test('wait for a session of the run that has not begun', async () => {
    const { begin } = run(['alice', 'bob'])
    await begin('alice').send('bob', 'hello')
    expect((await begin('bob').receive()).body).toBe('hello')
  })

  test('to nobody, or to one that has ended, are an error', async () => {
    const { coordinator, parties } = meeting('alice', 'bob')
    await expect(parties[0]?.send('dave', 1)).rejects.toThrow('"dave", which is not here')
    coordinator.end('bob')
    await expect(parties[0]?.send('bob', 1)).rejects.toThrow('alice sent a message to bob (ended)')
  })

  test('a listener that throws fails its own party, and nobody else', async () => {
    const failures: [string, unknown][] = []
    const coordinator = new ConnectionCoordinator({ onListenerError: (party, error) => failures.push([party, error]) })
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => coordinator.join(name))
    const broken = new Error('cannot read this')
    const heard: unknown[] = []
    bob?.listen(({ body }) => {
      if (body === 1) throw broken
    })
    carol?.listen((message: Message) => {
      heard.push(message.body)
    })
    await alice?.broadcast(1)
    await vi.waitUntil(() => failures.length > 0)
    await alice?.broadcast(2)
    await vi.waitUntil(() => heard.length === 2)
    expect(failures).toEqual([['bob', broken]])
    expect(coordinator.failureOf('bob')).toBe(broken)
    await expect(bob?.barrier('x', { parties: 1 })).rejects.toBe(broken)
    await Promise.all([alice?.barrier('y', { parties: 2 }), carol?.barrier('y', { parties: 2 })])
  })
})

test('two sessions of one name are refused while the first is open', () => {
  const { coordinator } = meeting('alice')
  expect(() => coordinator.join('alice')).toThrow('two sessions are called "alice"')
  coordinator.end('alice')
  expect(coordinator.join('alice').name).toBe('alice')
})

test('events are kept with their times, the last ten thousand of them', () => {
  const { coordinator } = meeting('alice')
  for (let count = 0; count < 25_000; count += 1) coordinator.state.record({ party: 'alice', kind: 'sent' })
  const { events, forgotten } = coordinator.state.snapshot()
  expect(events).toHaveLength(10_000)
  expect(forgotten + events.length).toBe(25_001)
  expect(events.every(({ at }, index) => at >= (events[index - 1]?.at ?? 0))).toBe(true)
})
