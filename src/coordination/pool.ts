import pLimit from 'p-limit'
import type { SessionSettings } from '../config/session-settings.ts'
import { delay, performance } from '../clock.ts'
import { deadlineMs, type Duration } from '../duration.ts'
import { ConfigError, StateError, StatementError } from '../errors.ts'
import type { History, Transaction } from '../histories/history.ts'
import type { FaultSchedule } from '../histories/run-faults.ts'
import type { Workload } from '../histories/list-append.ts'
import { runTransaction } from '../histories/run-transaction.ts'
import type { Interleaving } from '../interleaving/interleaving.ts'
import { checkExpected } from '../interleaving/expected.ts'
import { everyOrder, Interleavings } from '../interleaving/permutations.ts'
import { checkOrder, type InterleavingPlan } from '../interleaving/plan.ts'
import { runOrder } from '../interleaving/run-order.ts'
import { Undo } from '../undo.ts'
import type { BuiltInResults } from '../workflow/default-workflow.ts'
import { hasReached, type Session, type SessionBase, type SessionOptions } from '../workflow/session.ts'
import type { Results, Workflow } from '../workflow/workflow.ts'
import { checkCount } from './arguments.ts'
import type { ConnectionCoordinator } from './connection-coordinator.ts'
import type { ConnectionPlan, Work } from './define-connection.ts'
import { MultiConnectionStateMachine, type RunOptions } from './multi-connection.ts'
import type { Outcome } from './outcome.ts'
import type { SharedState } from './shared-state.ts'
import { watchSession } from './watch-session.ts'

/** Makes a session of a name that is not open yet, over any workflow. Whoever makes it closes it. */
export type OpenSession = <R extends Results>(
  workflow: Workflow<R>,
  name: string,
  settings: SessionSettings,
  hooks: SessionOptions,
) => Session<R>

export interface PoolRunOptions extends RunOptions {
  /** Settings of these sessions that differ from the run's, such as another user. */
  readonly settings?: SessionSettings
  /** What the names of numbered sessions begin with. Default `session`: `session-0`, `session-1`, … */
  readonly name?: string
}

export interface PoolOptions<R extends Results> {
  readonly open: OpenSession
  readonly workflow: Workflow<R>
  readonly concurrency: number
  readonly onFailure?: RunOptions['onFailure']
  readonly coordinator: ConnectionCoordinator
  /** Aborted when the test ends. */
  readonly signal: AbortSignal
  /** What makes the test fail that takes sessions and does not use them, or does not await the pool. */
  readonly duties?: PoolDuties
}

/** What a test that has a pool owes it. */
export interface PoolDuties {
  /** Wraps what is begun, so that the test fails if nobody awaits it. */
  await<T>(label: () => string, work: Promise<T>): Promise<T>
  /** A session was made, to be used before the test ends. */
  use(session: SessionBase): void
  /** These sessions of a run did all that they had to, and neither reached the server nor met any other. */
  idle(names: readonly string[]): void
}

/** How the steps of an order are run. */
export interface StepsOptions {
  /** Deadline for each step to end, or to be seen waiting. Default: TIDB_WAIT_TIMEOUT_MS. */
  readonly within?: Duration
  /** Settings of all sessions that differ from the run's, such as another host. */
  readonly settings?: SessionSettings
}

/** Where the sessions of a workload work. */
export interface WorkloadOptions {
  /** Settings of all sessions that differ from the run's, or a function that gives those of each, by its number. */
  readonly settings?: SessionSettings | ((session: number) => SessionSettings)
  /** How long a server that a session was connected to may be away. Default: TIDB_WAIT_TIMEOUT_MS. */
  readonly within?: Duration
  /** What goes wrong meanwhile, on purpose: on servers of the run's or the test's own. */
  readonly faults?: FaultSchedule
}

/** Between two attempts to reach a server that is away, in ms. */
const AWAY_POLL_MS = 100

export interface PermutationsOptions extends StepsOptions {
  /** How many orders may be run. Default 1,000. */
  readonly most?: number
}

type Member<R extends Results, T> = Work<R, T> | ConnectionPlan<T>
type Members<R extends Results, T> = { readonly [Name in keyof T]: Member<R, T[Name]> }

/** Many connections, each with a workflow of its own, and the place where they meet. */
export class TiDBPool<R extends Results = BuiltInResults> {
  /** What the sessions meet through; the body of the test takes part itself. */
  readonly coordinator: ConnectionCoordinator
  readonly #options: PoolOptions<R>

  constructor(options: PoolOptions<R>) {
    this.#options = options
    this.coordinator = options.coordinator
  }

  /** How many sessions of a run work at once, unless it says otherwise. */
  get concurrency(): number {
    return this.#options.concurrency
  }

  /** What is known of all connections: status, history, import jobs seen, events with times. */
  get state(): SharedState {
    return this.coordinator.state
  }

  /**
   * A session that has not begun: each of its steps is still to be awaited. It is closed when the test ends.
   *
   * @throws {CoordinationError} if one of that name is open.
   */
  session(name: string, settings: SessionSettings = {}): Session<R> {
    const session = this.#open(name, settings)
    this.#options.duties?.use(session as unknown as SessionBase)
    return session
  }

  #open(name: string, settings: SessionSettings): Session<R> {
    const { open, workflow, coordinator } = this.#options
    const party = coordinator.join(name, { describe: () => session?.describe() })
    let session: Session<R> | undefined
    try {
      session = open(workflow, name, settings, watchSession(coordinator, party.name))
    } catch (error) {
      coordinator.end(name, error)
      throw error
    }
    this.state.update(session, 'running')
    return session
  }

  /**
   * Sessions that are connected, each by a connection of its own, in the order of their names.
   *
   * @throws {StateError} of the first that can't be opened. {ConfigError} if a name stands twice.
   * @example const [alice, bob] = await tidbPool.sessions('alice', 'bob')
   */
  sessions<const Names extends readonly string[]>(
    ...names: Names
  ): Promise<{ -readonly [Index in keyof Names]: Session<R> }> {
    const label = () => `sessions(${names.map((name) => JSON.stringify(name)).join(', ')})`
    return this.#watch(label, this.#sessions(names))
  }

  async #sessions<const Names extends readonly string[]>(
    names: Names,
  ): Promise<{ -readonly [Index in keyof Names]: Session<R> }> {
    const twice = names.find((name, at) => names.indexOf(name) !== at)
    if (twice !== undefined) {
      throw new ConfigError(['name'], `two sessions are named ${JSON.stringify(twice)}`, {
        hints: ['reports tell sessions apart by name: give each its own'],
      })
    }
    const opened = names.map((name) => this.session(name))
    if (names.length === 0) {
      throw new ConfigError(['name'], 'sessions() opens none', {
        hints: ['give each a name: sessions("alice", "bob")'],
      })
    }
    const { concurrency } = this
    const limit = pLimit(
      concurrency === Number.POSITIVE_INFINITY ? concurrency : checkCount('concurrency', concurrency),
    )
    await Promise.all(opened.map((session) => limit(() => session.connect())))
    return opened as { -readonly [Index in keyof Names]: Session<R> }
  }

  /**
   * Runs a function in `count` sessions, so many at once as p-limit lets through, and closes each behind it.
   *
   * @returns the outcome: what each returned, in the order of their numbers.
   * @throws what the first failing session failed with, unless `onFailure` is `settle`.
   * @example
   * const outcome = await tidbPool.run(1000, (session) => session.query('select connection_id() as id'))
   * expect(new Set(outcome.values.map(([row]) => row?.id)).size).toBe(1000)
   */
  run<T>(count: number, work: Work<R, T>, options?: PoolRunOptions): Promise<Outcome<T>>
  /**
   * Runs sessions that each do something else, by name: a function, or a plan made by `defineConnection`.
   *
   * @throws what the first failing session failed with, unless `onFailure` is `settle`.
   * @example
   * const outcome = await tidbPool.run({
   *   writer: async (session, coordinator) => { await session.query('insert …'); await coordinator.signal('written') },
   *   reader: async (session, coordinator) => { await coordinator.waitFor('written'); return session.query('select …') },
   * })
   */
  run<T extends Record<string, unknown>>(
    members: Members<R, T>,
    options?: PoolRunOptions,
  ): Promise<Outcome<T[keyof T & string], T>>
  run(
    first: number | Members<R, Record<string, unknown>>,
    second?: Work<R, unknown> | PoolRunOptions,
    third?: PoolRunOptions,
  ): Promise<Outcome<unknown>> {
    const label = () => (typeof first === 'number' ? `run(${first}, …)` : `run({ ${Object.keys(first).join(', ')} })`)
    return this.#watch(label, this.#run(first, second, third))
  }

  async #run(
    first: number | Members<R, Record<string, unknown>>,
    second?: Work<R, unknown> | PoolRunOptions,
    third?: PoolRunOptions,
  ): Promise<Outcome<unknown>> {
    const options = (typeof second === 'function' ? third : second) ?? {}
    const { open, workflow, coordinator, signal } = this.#options
    const { onFailure = this.#options.onFailure ?? 'abort', settings, name: _, ...rest } = options
    const plan = (member: Member<R, unknown>) => toPlan(member, workflow, settings)
    const plans =
      typeof first === 'number'
        ? numbered(first, plan(second as Work<R, unknown>), options.name)
        : Object.fromEntries(Object.entries(first).map(([name, member]) => [name, plan(member)]))
    const machine = new MultiConnectionStateMachine(plans, {
      concurrency: this.concurrency,
      ...rest,
      signal: rest.signal === undefined ? signal : AbortSignal.any([signal, rest.signal]),
      onFailure,
      coordinator,
      open: (plan, name, hooks) => open(plan.workflow, name, plan.settings, hooks),
    })
    const outcome = await machine.run()
    if (onFailure === 'abort' && outcome.failure !== undefined) throw outcome.failure.error
    if (onFailure === 'abort' && outcome.status === 'aborted') throw outcome.aborted[0]?.error
    const idle = outcome.results.filter(
      ({ name, status, history }) => status === 'completed' && !hasReached(history) && !coordinator.tookPart(name),
    )
    if (idle.length > 0) this.#options.duties?.idle(idle.map(({ name }) => name))
    return outcome
  }

  /**
   * Runs the steps of several sessions in one given order; the server says which step waits for a lock, and the
   * order goes on.
   *
   * @returns the result of each step; what a step fails with is part of it.
   * @throws {InterleavingError} if the plan expects something else of this order. {ConfigError} if the order does not fit the plan. {DeadlineError} if a step neither ends nor waits.
   * @example
   * const run = await tidbPool.interleave(plan, ['a1', 'b1', 'a2', 'b2'])
   * expect(run.outcome).toEqual({ a1: '1 row', b1: 'blocked until a2, then 1 row', a2: 'ok', b2: 'ok' })
   */
  interleave(plan: InterleavingPlan, order: readonly string[], options: StepsOptions = {}): Promise<Interleaving> {
    return this.#watch(() => `interleave(…, [${order.join(', ')}])`, this.#interleave(plan, order, options))
  }

  async #interleave(plan: InterleavingPlan, order: readonly string[], options: StepsOptions): Promise<Interleaving> {
    checkOrder(plan, order)
    const [run] = await this.#play(plan, [order], options)
    if (run === undefined) throw new TypeError('the order was not run')
    checkExpected(plan, run)
    return run
  }

  /**
   * Runs the steps of several sessions in every order that keeps each session's own.
   *
   * @throws {ConfigError} if there are more orders than `most`, 1,000 by default: the message says how many.
   * @example expect(await tidbPool.permutations(plan)).toMatchExpected()
   */
  permutations(plan: InterleavingPlan, options: PermutationsOptions = {}): Promise<Interleavings> {
    return this.#watch(() => 'permutations(…)', this.#permutations(plan, options))
  }

  async #permutations(plan: InterleavingPlan, options: PermutationsOptions): Promise<Interleavings> {
    return new Interleavings(plan, await this.#play(plan, everyOrder(plan, options.most), options))
  }

  /**
   * Carries out the transactions of a workload, in sessions side by side, and notes what each saw. What a transaction fails
   * with is part of the history; a session whose connection is lost connects again, and waits for its server if that is
   * away, for `within` at most.
   *
   * @throws {StateError} if a session can't be opened.
   * @example
   * const history = await tidbPool.workload(listAppend({ transactions: 500, sessions: 10 }))
   * expect(history).toBeSnapshotIsolated()
   */
  workload(workload: Workload, options: WorkloadOptions = {}): Promise<History> {
    return this.#watch(() => 'workload(…)', this.#workload(workload, options))
  }

  async #workload(
    workload: Workload,
    { settings = {}, within = this.coordinator.within, faults: schedule }: WorkloadOptions,
  ): Promise<History> {
    const withinMs = deadlineMs(within)
    const settingsOf = typeof settings === 'function' ? settings : () => settings
    {
      await using _control = await this.#connected('workload', settingsOf(0), workload.prepare)
    }
    const sinceMs = performance.now()
    const transactions: Transaction[] = []
    const { seed } = workload
    const over = new AbortController()
    const note = (name: string) => this.state.record({ party: 'faults', kind: 'changed', name })
    // Loaded only for the workloads that ask.
    const breaking =
      schedule &&
      import('../histories/run-faults.ts').then(({ runFaults }) =>
        runFaults(schedule, { seed, over: over.signal, sinceMs, note }),
      )
    // A fault that can't be had or ended fails the workload: it need not go on.
    const failed = new AbortController()
    breaking?.catch((error: unknown) => failed.abort(error))
    const signal = AbortSignal.any([this.#options.signal, failed.signal])
    const part = async (index: number) => {
      let session: SessionBase | undefined
      let awayMs = schedule === undefined ? 0 : withinMs
      try {
        for (const planned of workload.transactionsOf(index)) {
          signal.throwIfAborted()
          if (session?.connection?.closed === true) {
            await session[Symbol.asyncDispose]()
            session = undefined
          }
          if (session === undefined) {
            session = await this.#begun(`session-${index}`, settingsOf(index), workload.begin, awayMs)
            awayMs = withinMs
          }
          transactions.push(await runTransaction(session, planned, workload, sinceMs))
        }
      } finally {
        await session?.[Symbol.asyncDispose]()
      }
    }
    const ends = await Promise.allSettled(Array.from({ length: workload.sessions }, (_, index) => part(index)))
    over.abort()
    // Whatever is broken is made good first; then what ended a session tells more than a schedule that was cut short.
    await Promise.allSettled([breaking])
    for (const end of ends) if (end.status === 'rejected') throw end.reason
    const faults = await breaking
    return { transactions, seed, ...(faults !== undefined && { faults }) }
  }

  /** A session that has sent those statements. A server that was there may be away for so long. */
  async #begun(name: string, settings: SessionSettings, statements: readonly string[], awayMs: number) {
    const { signal } = this.#options
    const began = performance.now()
    for (;;) {
      try {
        return await this.#connected(name, settings, statements)
      } catch (error) {
        const isLost = (error instanceof StateError || error instanceof StatementError) && error.errno === undefined
        if (!isLost || performance.now() - began > awayMs) throw error
        await delay(AWAY_POLL_MS, undefined, { signal })
      }
    }
  }

  /** A session that has sent those statements, or is closed again. */
  async #connected(
    name: string,
    settings: SessionSettings,
    statements: readonly string[] = [],
  ): Promise<Session<R> & SessionBase> {
    const session = this.#open(name, settings) as Session<R> & SessionBase
    try {
      await session.connect()
      for (const statement of statements) await session.query(statement)
      return session
    } catch (error) {
      await session[Symbol.asyncDispose]()
      throw error
    }
  }

  #watch<T>(label: () => string, work: Promise<T>): Promise<T> {
    return this.#options.duties?.await(() => `tidbPool.${label()}`, work) ?? work
  }

  async #play(
    plan: InterleavingPlan,
    wanted: readonly (readonly string[])[],
    { within = this.coordinator.within, settings: common }: StepsOptions,
  ): Promise<Interleaving[]> {
    await using opened = new Undo()
    const open = async (name: string, settings: SessionSettings = {}) => {
      const session = await this.#connected(name, { ...common, ...settings })
      opened.defer(() => session[Symbol.asyncDispose]())
      return session
    }
    const control = await open('setup')
    for (const statement of plan.once ?? []) await control.query(statement)
    const sessions = new Map<string, SessionBase>()
    for (const [name, { settings }] of Object.entries(plan.sessions)) sessions.set(name, await open(name, settings))
    const runs: Interleaving[] = []
    const { signal } = this.#options
    for (const order of wanted) runs.push(await runOrder(plan, order, { sessions, control, within, signal }))
    return runs
  }
}

/** The same plan so many times, under numbered names. */
function numbered<T>(count: number, plan: ConnectionPlan<T>, name = 'session'): Record<string, ConnectionPlan<T>> {
  checkCount('count', count)
  const plans: Record<string, ConnectionPlan<T>> = {}
  for (let index = 0; index < count; index += 1) plans[`${name}-${index}`] = plan
  return plans
}

function toPlan<R extends Results, T>(
  member: Member<R, T>,
  workflow: Workflow<R>,
  settings: SessionSettings = {},
): ConnectionPlan<T> {
  if (typeof member !== 'function') return { ...member, settings: { ...settings, ...member.settings } }
  return { settings, workflow: workflow as unknown as Workflow, work: member as Work<Results, T> }
}
