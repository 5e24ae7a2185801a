import { setMaxListeners } from 'node:events'
import pLimit from 'p-limit'
import { clearTimeout, setTimeout } from '../clock.ts'
import type { ConfigSources } from '../config/config.ts'
import { onNode } from '../config/session-settings.ts'
import { defaults } from '../config/settings.ts'
import { deadlineMs, type Duration } from '../duration.ts'
import { AbortedError, ConfigError, DeadlineError, describeReason } from '../errors.ts'
import { createSession, type Session, type SessionOptions } from '../workflow/session.ts'
import type { Results } from '../workflow/workflow.ts'
import { checkCount } from './arguments.ts'
import { listed } from './listed.ts'
import { ConnectionCoordinator } from './connection-coordinator.ts'
import type { ConnectionPlan } from './define-connection.ts'
import { Outcome, type SessionResult } from './outcome.ts'
import type { Group } from './member.ts'
import type { ConnectionSource, SharedState } from './shared-state.ts'
import { watchSession } from './watch-session.ts'

/** How a run treats its sessions. */
export interface RunOptions {
  /** How many sessions work at once. Default: TIDB_CONCURRENCY. */
  readonly concurrency?: number
  /** `abort`: the first failure ends the others; `settle`: they go on to their own end. */
  readonly onFailure?: 'abort' | 'settle'
  /** Ends the run: statements under way are cancelled in the server. */
  readonly signal?: AbortSignal
  /** Deadline of the whole run. */
  readonly within?: Duration
}

/** Opens one session of a run. Whoever opens it closes it. */
export type OpenPlanned = (plan: ConnectionPlan<unknown>, name: string, hooks: SessionOptions) => Session<Results>

export interface MultiConnectionOptions extends RunOptions {
  /** Where the configuration of every connection comes from, its own settings aside. Default: environment and .env. */
  readonly sources?: ConfigSources
  /** What the sessions meet through. Default: one of their own. */
  readonly coordinator?: ConnectionCoordinator
  /** Opens the sessions, in the place of `sources`. */
  readonly open?: OpenPlanned
}

type Plans<T extends Record<string, unknown>> = { readonly [Name in keyof T & string]: ConnectionPlan<T[Name]> }

/** How long work may go on after its run was ended, while its statements are cancelled, in ms. */
const GRACE_MS = 3_000

/**
 * Runs one state machine per connection, side by side: users, databases, hosts and workflows may differ. It ends as
 * completed, failed (by which connection, in which state, why) or aborted.
 *
 * @example
 * const machine = new MultiConnectionStateMachine({
 *   reader: defineConnection({ settings: { user: 'reader' } }),
 *   writer: defineConnection({ settings: { user: 'writer' }, work: (session) => session.query('select 1 as one') }),
 * })
 * const outcome = await machine.run()
 * expect(outcome).toAllComplete()
 */
export class MultiConnectionStateMachine<T extends Record<string, unknown>> {
  readonly coordinator: ConnectionCoordinator
  readonly #plans: Plans<T>
  readonly #options: MultiConnectionOptions
  readonly #controller = new AbortController()
  readonly #live = new Set<string>()
  /** What each session's work is given up by, once the run was ended. */
  readonly #bounds = new Set<() => void>()
  #firstFailed: string | undefined
  #aborted = false

  constructor(plans: Plans<T>, options: MultiConnectionOptions = {}) {
    if (Object.keys(plans).length === 0) {
      throw new ConfigError(['connections'], 'a run needs at least one session', {
        hints: ['plan at least one connection'],
      })
    }
    this.#plans = plans
    this.#options = options
    this.coordinator = options.coordinator ?? new ConnectionCoordinator()
    // Each session listens; Node warns of a leak if there are more than ten.
    if (Object.keys(plans).length > 10) allowListeners(this.#controller.signal)
  }

  /** Status, results, import jobs and events, during the run and after it. */
  get state(): SharedState {
    return this.coordinator.state
  }

  /** Ends the run: statements under way are cancelled in the server, waits are over, connections are closed. */
  abort(reason: unknown = new AbortedError('the run was aborted')): void {
    if (this.#controller.signal.aborted) return
    this.#aborted = true
    this.#end(reason)
  }

  /**
   * Runs all of them. What happens to a connection is never thrown: the outcome tells.
   *
   * @throws {CoordinationError} if a session of one of their names is open already.
   */
  async run(): Promise<Outcome<T[keyof T & string], T>> {
    const { signal, within, concurrency = defaults.concurrency } = this.#options
    if (concurrency !== Number.POSITIVE_INFINITY) checkCount('concurrency', concurrency)
    const withinMs = within === undefined ? undefined : deadlineMs(within)
    const names = Object.keys(this.#plans) as (keyof T & string)[]
    this.coordinator.checkFree(names)
    const onAbort = () => this.abort(signal?.reason)
    if (signal?.aborted) onAbort()
    const deadline = withinMs === undefined ? undefined : this.#deadline(withinMs)
    this.state.status = 'running'
    for (const name of names) this.state.update(notBegun(name), 'pending')
    const group = { names, capacity: concurrency }
    // If all may work at once there is nothing to limit.
    const limit: <V>(work: () => Promise<V>) => Promise<V> =
      names.length <= concurrency ? (work) => work() : pLimit(concurrency)
    try {
      const running = names.map((name, index) => limit(() => this.#one(name, { index, count: names.length, group })))
      // Once the first dials are on their way.
      if (signal?.aborted) onAbort()
      else signal?.addEventListener('abort', onAbort, { once: true })
      const results = await Promise.all(running)
      const outcome = new Outcome<T[keyof T & string], T>(results, this.#firstFailed, this.#aborted)
      this.state.status = outcome.status
      return outcome
    } finally {
      clearTimeout(deadline)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  #deadline(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      const unfinished = this.state.connections.filter(({ status }) => status === 'running').map(({ name }) => name)
      this.abort(new DeadlineError(`the end of a run; still at work: ${listed(unfinished)}`, ms))
    }, ms)
  }

  async #one<Name extends keyof T & string>(
    name: Name,
    { index, count, group }: { index: number; count: number; group: Group },
  ): Promise<SessionResult<T[Name]>> {
    const { signal } = this.#controller
    if (signal.aborted) {
      const error = new AbortedError(`${name} was never started: ${describeReason(signal.reason)}`, {
        cause: signal.reason,
      })
      this.state.update(notBegun(name), 'aborted', error)
      return { name, history: [], status: 'aborted', error }
    }
    const plan = this.#plans[name]
    const session = this.#open(plan, name)
    const describe = () => session.describe()
    const coordinator = this.coordinator.joinRun(name, { group, describe }, { index, count, abortSignal: signal })
    this.#live.add(name)
    this.state.update(session, 'running')
    let closing: Promise<void> | undefined
    try {
      const value = await this.#bounded(plan.work(session, coordinator))
      // A listener may have failed, or the connection been lost, while the work went on.
      const failure = this.coordinator.failureOf(name)
      if (failure !== undefined) throw failure
      // Said goodbye to first: what is noted here need not hold up the server.
      closing = session.close()
      this.coordinator.end(name)
      this.state.update(session, 'completed')
      return { name, history: session.history, status: 'completed', value: value as T[Name] }
    } catch (error) {
      return this.#failed(session, error)
    } finally {
      this.#live.delete(name)
      await (closing ?? session.close())
    }
  }

  #open(plan: ConnectionPlan<unknown>, name: string): Session<Results> {
    const hooks = { ...watchSession(this.coordinator, name), name, signal: this.#controller.signal }
    const { open, sources = {} } = this.#options
    if (open !== undefined) return open(plan, name, hooks)
    return createSession(
      plan.workflow,
      { ...sources, options: { ...sources.options, ...onNode(plan.settings, noRun) } },
      hooks,
    )
  }

  #failed(session: Session<Results>, error: unknown): SessionResult<never> {
    const { name, history } = session
    const status = this.#controller.signal.aborted ? 'aborted' : 'failed'
    this.coordinator.end(name, error)
    this.state.update(session, status, error)
    if (status === 'failed') {
      this.#firstFailed ??= name
      if (this.#options.onFailure !== 'settle') this.#end(error)
    }
    return { name, history, status, error }
  }

  /** Ends what is under way: statements by the signal, waits by the coordinator. */
  #end(reason: unknown): void {
    this.#controller.abort(reason)
    const error = endedBy(reason)
    for (const name of [...this.#live]) this.coordinator.end(name, error)
    for (const giveUp of this.#bounds) giveUp()
  }

  /** Work that does not notice that the run was ended is not waited for. */
  #bounded(work: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const giveUp = () => {
        timer = setTimeout(() => reject(endedBy(this.#controller.signal.reason)), GRACE_MS)
      }
      const settle = () => {
        clearTimeout(timer)
        this.#bounds.delete(giveUp)
      }
      this.#bounds.add(giveUp)
      if (this.#controller.signal.aborted) giveUp()
      Promise.resolve(work).then(resolve, reject).then(settle, settle)
    })
  }
}

/** A signal that is not Node's own, such as happy-dom's and jsdom's, never warns, and has no limit to be raised. */
function allowListeners(signal: AbortSignal): void {
  try {
    setMaxListeners(0, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_ARG_TYPE')) throw error
  }
}

function endedBy(reason: unknown): AbortedError {
  return new AbortedError(`the run was ended: ${describeReason(reason)}`, { cause: reason })
}

function notBegun(name: string): ConnectionSource {
  return { name, state: undefined, host: undefined, connectionId: undefined, history: [], statementLog: undefined }
}

function noRun(node: number): never {
  throw new ConfigError(['node'], `node ${node} is the number of a node of a run, and there is none here`, {
    hints: ['give host and port, or use the fixture tidbPool'],
  })
}
