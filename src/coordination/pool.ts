import pLimit from 'p-limit'
import type { Settings } from '../config/settings.ts'
import { ConfigError } from '../errors.ts'
import type { BuiltInResults } from '../workflow/default-workflow.ts'
import type { Session, SessionOptions } from '../workflow/session.ts'
import type { Results, Workflow } from '../workflow/workflow.ts'
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
  settings: Settings,
  hooks: SessionOptions,
) => Session<R>

export interface PoolRunOptions extends RunOptions {
  /** Settings of these sessions that differ from the run's, such as another user. */
  readonly settings?: Settings
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
   * @throws {CoordinationError} where one of that name is open.
   */
  session(name: string, settings: Settings = {}): Session<R> {
    const { open, workflow, coordinator } = this.#options
    const party = coordinator.join(name, { describe: () => session.describe() })
    const session = open(workflow, name, settings, watchSession(coordinator, party.name))
    this.state.update(session, 'running')
    return session
  }

  /**
   * Sessions that are connected, each by a connection of its own, in the order of their names.
   *
   * @throws {StateError} of the first that can't be opened. {ConfigError} where a name stands twice.
   * @example const [alice, bob] = await tidbPool.sessions('alice', 'bob')
   */
  async sessions<const Names extends readonly string[]>(
    ...names: Names
  ): Promise<{ -readonly [Index in keyof Names]: Session<R> }> {
    const twice = names.find((name, at) => names.indexOf(name) !== at)
    if (twice !== undefined) {
      throw new ConfigError(['name'], `two sessions are called ${JSON.stringify(twice)}`, {
        hints: ['reports tell sessions apart by their names: give each its own'],
      })
    }
    const opened = names.map((name) => this.session(name))
    const limit = pLimit(this.concurrency)
    await Promise.all(opened.map((session) => limit(() => session.reach('Connecting'))))
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
  async run(
    first: number | Members<R, Record<string, unknown>>,
    second?: Work<R, unknown> | PoolRunOptions,
    third?: PoolRunOptions,
  ): Promise<Outcome<unknown>> {
    const options = (typeof second === 'function' ? third : second) ?? {}
    const members = typeof first === 'number' ? numbered(first, second as Work<R, unknown>, options.name) : first
    const { open, workflow, coordinator, signal } = this.#options
    const { onFailure = this.#options.onFailure ?? 'abort', settings, name: _, ...rest } = options
    const plans = Object.fromEntries(
      Object.entries(members).map(([name, member]) => [name, toPlan(member, workflow, settings)]),
    )
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
    return outcome
  }
}

function numbered<R extends Results, T>(
  count: number,
  work: Work<R, T>,
  name = 'session',
): Members<R, Record<string, T>> {
  if (!Number.isInteger(count) || count < 1) {
    throw new ConfigError(['count'], `a run of ${count} sessions is none`, { hints: ['give a whole number from 1'] })
  }
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}-${index}`, work]))
}

function toPlan<R extends Results, T>(
  member: Member<R, T>,
  workflow: Workflow<R>,
  settings: Settings = {},
): ConnectionPlan<T> {
  if (typeof member !== 'function') return { ...member, settings: { ...settings, ...member.settings } }
  return { settings, workflow: workflow as unknown as Workflow, work: member as Work<Results, T> }
}
