import { describe, expect, test, vi } from 'vitest'
import { NONE, type ConfigSources } from '../config/config.ts'
import { defineState } from './define-state.ts'
import { StateMachine } from './state-machine.ts'
import { completed } from './states/completed.ts'
import { initial } from './states/initial.ts'
import { parsingConfig } from './states/parsing-config.ts'
import { Workflow } from './workflow.ts'

const sources: ConfigSources = { options: { host: 'nowhere.invalid', retries: 2 }, env: NONE, envFile: false }
const start = new Workflow<Record<never, unknown>>([]).with(initial).with(parsingConfig).with(completed)

function deadlock(): Error {
  return Object.assign(new Error('Deadlock found'), { errno: 1213, code: 'ER_LOCK_DEADLOCK' })
}

test('states are entered in order, once, and keep what they found', async () => {
  let visits = 0
  const counting = defineState({ name: 'Counting', run: () => ({ visit: (visits += 1) }) })
  const machine = new StateMachine(start.with(counting), sources)
  const first = await machine.reach('Counting')
  expect(first).toEqual({ visit: 1 })
  expect(await machine.reach('Counting')).toBe(first)
  await machine.run()
  expect(machine.history.map(({ state, from }) => [from, state])).toEqual([
    [undefined, 'Initial'],
    ['Initial', 'ParsingConfig'],
    ['ParsingConfig', 'Counting'],
    ['Counting', 'Completed'],
  ])
})

test('two steps asked for at once go one after the other', async () => {
  const order: string[] = []
  const slow = (name: string) =>
    defineState({
      name,
      async run() {
        order.push(`${name} begins`)
        await Promise.resolve()
        order.push(`${name} ends`)
      },
    })
  const machine = new StateMachine(start.with(slow('One')).with(slow('Two')), sources)
  await Promise.all([machine.reach('Two'), machine.reach('One'), machine.run()])
  expect(order).toEqual(['One begins', 'One ends', 'Two begins', 'Two ends'])
})

describe('failures', () => {
  test('a transient one is tried again, so often as configured', async () => {
    let tries = 0
    const stumbling = defineState({
      name: 'Stumbling',
      async run({ attempt }) {
        await Promise.resolve()
        tries += 1
        if (tries < 3) throw deadlock()
        return { attempt }
      },
    })
    const machine = new StateMachine(start.with(stumbling), sources)
    expect(await machine.reach('Stumbling')).toEqual({ attempt: 3 })
    expect(machine.history.at(-1)).toMatchObject({ outcome: 'completed', attempts: 3 })
  })

  test('and no more often', async () => {
    const failing = defineState({ name: 'Failing', run: () => Promise.reject(deadlock()) })
    const machine = new StateMachine(start.with(failing), sources)
    await expect(machine.run()).rejects.toMatchObject({ code: 'TIDB_STATE_FAILED', state: 'Failing', errno: 1213 })
    expect(machine.history.at(-1)).toMatchObject({ outcome: 'failed', attempts: 3 })
  })

  test('a permanent one is not tried again, and fails every later step with the same error', async () => {
    const denied = Object.assign(new Error('Access denied'), { errno: 1045 })
    const failing = defineState({ name: 'Failing', run: () => Promise.reject(denied) })
    const machine = new StateMachine(start.with(failing), sources)
    const error: unknown = await machine.run().catch((reason: unknown) => reason)
    expect(await machine.reach('Completed').catch((reason: unknown) => reason)).toBe(error)
    expect(machine.error).toBe(error)
    expect(machine.error?.cause).toBe(denied)
    expect(machine.state).toBe('Error')
    expect(machine.history.at(-1)?.attempts).toBe(1)
  })
})

describe('waits', () => {
  const never = (within: number | undefined) =>
    defineState({
      name: 'Waiting',
      ...(within !== undefined && { within }),
      run: ({ signal }) =>
        new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    })

  test('a state has a deadline, and is told when it passes', async () => {
    const machine = new StateMachine(start.with(never(20)), sources)
    await expect(machine.run()).rejects.toThrow('waited 20 ms for the end of Waiting')
  })

  test("a step's own deadline wins", async () => {
    const machine = new StateMachine(start.with(never(undefined)), sources)
    await expect(machine.reach('Waiting', { within: '10ms' })).rejects.toThrow('waited 10 ms')
  })

  test.for(['of the step', 'of the session'])('the signal %s gives a state up', async (whose) => {
    const controller = new AbortController()
    const { signal } = controller
    const machine = new StateMachine(
      start.with(never(undefined)),
      sources,
      whose === 'of the session' ? { signal } : {},
    )
    const reached = machine.reach('Waiting', whose === 'of the step' ? { signal } : {})
    // oxlint-disable-next-line vitest/valid-expect -- awaited below, once the signal has fired
    const refused = expect(reached).rejects.toThrow('gave up Waiting: enough')
    await vi.waitUntil(() => machine.state === 'Waiting', { timeout: 10_000 })
    controller.abort(new Error('enough'))
    await refused
    expect(machine.history.at(-1)?.outcome).toBe('aborted')
  })
})

test('local data last across attempts and are not shared between sessions', async () => {
  const counting = defineState({
    name: 'Counting',
    local: () => ({ count: 0 }),
    async run({ local }) {
      await Promise.resolve()
      local.count += 1
      if (local.count < 2) throw deadlock()
      return local.count
    },
  })
  const workflow = start.with(counting)
  for (let round = 0; round < 2; round += 1) {
    expect(await new StateMachine(workflow, sources).reach('Counting')).toBe(2)
  }
})

test('a handler reads what the machine knows, and changes nothing of it', async () => {
  let names: readonly string[] = []
  const looking = defineState({
    name: 'Looking',
    run(context) {
      names = Object.getOwnPropertyNames(Object.getPrototypeOf(context)).concat(Object.keys(context))
    },
  })
  await new StateMachine(start.with(looking), sources).reach('Looking')
  const given = ['name', 'sources', 'config', 'connection', 'local', 'signal', 'attempt', 'found', 'progress']
  expect(names.toSorted()).toEqual(['constructor', ...given].toSorted())
})

test('what a state asks for before its time is an error that says where it belongs', async () => {
  const early = defineState({ name: 'Early', run: ({ connection }) => connection.id })
  await expect(new StateMachine(start.with(early), sources).run()).rejects.toThrow(
    'Early asked for a connection before Connecting',
  )
})

test('a session that was closed goes no further', async () => {
  const machine = new StateMachine(start, sources)
  await machine.close()
  await expect(machine.run()).rejects.toThrow('the session was closed')
})
