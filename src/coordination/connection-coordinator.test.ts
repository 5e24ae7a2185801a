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

  test('that counts is given up once too few are left', async () => {
    const { coordinator, parties } = meeting('alice', 'bob', 'carol')
    const [alice] = parties
    const wait = failureOf(alice?.barrier('x', { parties: 2, within: '1h' }) ?? Promise.resolve())
    coordinator.end('bob')
    await expect(Promise.race([wait, Promise.resolve('waits')])).resolves.toBe('waits')
    coordinator.end('carol')
    expect((await wait).message).toContain('carol (ended)')
  })

  test('ready is one for all', async () => {
    const { begin } = run(['alice', 'bob'])
    const passages = await Promise.all([begin('alice').ready(), begin('bob').ready()])
    expect(passages.map(({ place }) => place)).toEqual([0, 1])
  })
})

describe('a signal', () => {
  test('that nobody is left to give is given up at once', async () => {
    const { coordinator, begin } = run(['alice', 'bob', 'carol'])
    const [alice, bob] = [begin('alice'), begin('bob')]
    begin('carol')
    const waits = [failureOf(alice.waitFor('go', { within: '1h' })), failureOf(bob.waitFor('go', { within: '1h' }))]
    coordinator.end('carol', new Error('lost'))
    for (const error of await Promise.all(waits)) {
      expect(error.message).toContain('signal "go" will not be sent: carol (failed: lost)')
    }
  })

  test('past its deadline says what the others do', async () => {
    const { parties } = meeting('alice', 'bob')
    const error = await failureOf(parties[0]?.waitFor('go', { within: 20 }) ?? Promise.resolve())
    expect(error.message).toBe('waited 20 ms for signal "go": nobody has sent it; the others: bob (under way)')
  })
})

describe('turns', () => {
  test('past the deadline name whose turn it is', async () => {
    const { begin } = run(['a', 'b'])
    begin('a')
    const error = await failureOf(begin('b').turn('x', () => 1, { within: 20 }))
    expect(error.message).toBe('waited 20 ms for its turn in "x": it is the turn of a (under way)')
  })
})

describe('messages', () => {
  test('wait for a session of the run that has not begun', async () => {
    const { begin } = run(['alice', 'bob'])
    await begin('alice').send('bob', 'hello')
    expect((await begin('bob').receive()).body).toBe('hello')
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
    await vi.waitUntil(() => failures.length > 0, { timeout: 10_000 })
    await alice?.broadcast(2)
    await vi.waitUntil(() => heard.length === 2, { timeout: 10_000 })
    expect(failures).toEqual([['bob', broken]])
    expect(coordinator.failureOf('bob')).toBe(broken)
    await expect(bob?.barrier('x', { parties: 1 })).rejects.toBe(broken)
    await Promise.all([alice?.barrier('y', { parties: 2 }), carol?.barrier('y', { parties: 2 })])
  })
})

test('two sessions of one name are refused while the first is open', () => {
  const { coordinator } = meeting('alice')
  expect(() => coordinator.join('alice')).toThrow('two sessions are named "alice"')
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
