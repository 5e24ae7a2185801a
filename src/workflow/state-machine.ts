import { performance, wallTime } from '../clock.ts'
import type { Config, ConfigSources } from '../config/config.ts'
import type { Address, TiDBConnection } from '../connection/connection.ts'
import type { Retries } from '../connection/retry.ts'
import { deadlineMs, type Duration } from '../duration.ts'
import { aborted, AbortedError, firstLine, WorkflowError, type StateError, type TiDBError } from '../errors.ts'
import { hostPort } from '../host-port.ts'
import { fitToPrint } from '../redact.ts'
import type { StateTransition } from '../transition.ts'
import { HandlerContext } from './context.ts'
import type { MachineControl } from './machine-control.ts'
import type { State, StateContext } from './state.ts'
import { toStateError } from './states/error.ts'
import { Visit } from './visit.ts'
import type { Results, Workflow } from './workflow.ts'

export interface StateMachineOptions {
  /** Name of the session, for errors and reports. Default `tidb`. */
  readonly name?: string
  /** Gives up whatever state is under way, and ends in Error. */
  readonly signal?: AbortSignal
  /** Called with each transition as it happens. */
  readonly onTransition?: (transition: StateTransition) => void
  /** Called with what a state found, once it was passed. */
  readonly onFound?: (state: string, result: unknown) => void
  /** Called once, with what the workflow failed with, or with the loss of its connection. */
  readonly onFailure?: (error: TiDBError) => void
  /** Gives a connection that is open already, in the place of a dial; undefined if there is none. */
  readonly takeConnection?: ((address: Address) => TiDBConnection | undefined) | undefined
  /** Called with what a state reports while it runs. */
  readonly onProgress?: (state: string, line: string) => void
}

export interface StepOptions {
  /** Deadline of the states passed through by this step, each. Default: that of each state. */
  readonly within?: Duration | undefined
  readonly signal?: AbortSignal | undefined
}

const NOTHING: StepOptions = {}

/** Drives one connection through a workflow, one state at a time. */
export class StateMachine<R extends Results = Results> implements AsyncDisposable {
  readonly name: string
  readonly workflow: Workflow<R>
  readonly #sources: ConfigSources
  readonly #options: StateMachineOptions
  readonly #results = new Map<string, unknown>()
  readonly #locals = new Map<string, unknown>()
  readonly #history: StateTransition[] = []
  readonly #control: MachineControl
  #at = -1
  #config: Config | undefined
  #connection: TiDBConnection | undefined
  #error: StateError | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #busy = false
  #closed = false
  #abandoned: Promise<void> | undefined
  #visit: Visit | undefined
  #onAbort: (() => void) | undefined

  constructor(workflow: Workflow<R>, sources: ConfigSources, options: StateMachineOptions = {}) {
    this.workflow = workflow
    this.name = options.name ?? 'tidb'
    this.#sources = sources
    this.#options = options
    const isFresh = () => this.#config === undefined && this.#connection === undefined
    this.#control = {
      get isFresh() {
        return isFresh()
      },
      reusesConnections: options.takeConnection !== undefined,
      takeConnection: (address) => options.takeConnection?.(address),
      setConfig: (config) => {
        this.#config = config
      },
      setConnection: (connection) => {
        this.#connection?.destroy()
        this.#connection = connection
        connection.onLost((error) => this.#options.onFailure?.(error))
        // Closed while the dial was under way: nobody else would.
        if (this.#closed) connection.destroy()
      },
    }
  }

  /** The state that was entered last; undefined before the first, `Error` after a failure. */
  get state(): string | undefined {
    return this.#error === undefined ? this.workflow.states[this.#at]?.name : 'Error'
  }

  /** What the workflow failed with. */
  get error(): StateError | undefined {
    return this.#error
  }

  /** Each state that was passed or failed, in order, with times and attempts. */
  get history(): readonly StateTransition[] {
    return this.#history
  }

  /** The open connection; undefined before Connecting. */
  get connection(): TiDBConnection | undefined {
    return this.#connection
  }

  /** The validated configuration; undefined before ParsingConfig. */
  get config(): Config | undefined {
    return this.#config
  }

  /** What each state that was passed found, by its name. */
  get results(): Partial<R> {
    return Object.fromEntries(this.#results) as Partial<R>
  }

  /** Whether a state was passed. */
  passed(state: keyof R & string): boolean {
    return this.#results.has(state)
  }

  /** Whether the machine has gone past a state without entering it: it never will. */
  leftOut(state: string): boolean {
    const place = this.workflow.names.indexOf(state)
    return place !== -1 && place < this.#at && !this.#results.has(state)
  }

  /**
   * Goes on to a state, through those before it, and returns what it found. A state that was passed is not entered
   * again: it returns what it found then.
   *
   * @throws {StateError} from the state that failed, now or earlier.
   * @throws {WorkflowError} if the workflow has no such state, or went past without entering it.
   */
  reach<Name extends keyof R & string>(name: Name, options: StepOptions = NOTHING): Promise<R[Name]> {
    if (this.#results.has(name)) return Promise.resolve(this.#results.get(name) as R[Name])
    // Two steps asked for at once go one after the other; the common case of one need not wait for a queue.
    if (!this.#busy) {
      this.#busy = true
      const work = this.#advance(name, options).finally(() => {
        if (this.#queue === work) this.#busy = false
      })
      this.#queue = work
      return work as Promise<R[Name]>
    }
    const work: Promise<unknown> = this.#queue
      .catch(() => undefined)
      .then(() => this.#advance(name, options))
      .finally(() => {
        if (this.#queue === work) this.#busy = false
      })
    this.#queue = work
    return work as Promise<R[Name]>
  }

  /** Goes through the whole workflow. @throws {StateError} from the state that failed. */
  async run(options?: StepOptions): Promise<this> {
    const last = this.workflow.states.at(-1)
    if (last !== undefined) await this.reach(last.name, options)
    return this
  }

  /**
   * Closes the connection, unless somebody takes it over. What is under way is cancelled; later steps fail.
   *
   * @param keep takes the connection over, or answers false.
   */
  async close(keep?: (connection: TiDBConnection) => boolean): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    try {
      // Else nothing comes before the goodbye.
      if (this.#abandoned !== undefined) await this.#abandoned
      const connection = this.#connection
      if (connection === undefined || connection.closed) return connection?.destroy()
      // The server would go on with a statement whose connection is gone.
      if (connection.running > 0) await connection.cancel()
      if (keep === undefined || this.#error !== undefined || connection.running > 0 || !keep(connection)) {
        await connection.close()
      }
    } finally {
      if (this.#onAbort !== undefined) this.#options.signal?.removeEventListener('abort', this.#onAbort)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #advance(name: string, options: StepOptions): Promise<unknown> {
    const { states } = this.workflow
    const target = states.findIndex((state) => state.name === name)
    if (target === -1) {
      throw new WorkflowError(`the workflow has no state ${JSON.stringify(name)}`, {
        hints: [`its states are ${this.workflow.names.join(', ')}`],
      })
    }
    while (!this.#results.has(name)) {
      if (this.#error !== undefined) throw this.#error
      if (this.#at >= target) {
        throw new WorkflowError(`${name} was not entered: this session is already at ${this.state}`, {
          hints: ['a state that leads past another one skips it for good; see tidb.history'],
        })
      }
      await this.#enter(this.#following(), options)
    }
    return this.#results.get(name)
  }

  /** Index of the state that the present one leads to. */
  #following(): number {
    const { states } = this.workflow
    const present = states[this.#at] as State | undefined
    const wanted = present?.next?.(this.#results.get(present.name))
    if (wanted === undefined) return this.#at + 1
    const index = states.findIndex((state) => state.name === wanted)
    if (index > this.#at) return index
    throw new WorkflowError(`illegal transition: ${present?.name} leads to ${wanted}, which does not come after it`, {
      hints: [
        `the states after it are ${states
          .slice(this.#at + 1)
          .map((state) => state.name)
          .join(', ')}`,
      ],
    })
  }

  async #enter(index: number, { within, signal }: StepOptions): Promise<void> {
    const state = this.workflow.states[index] as unknown as State
    const from = this.state
    const at = new Date(wallTime())
    const started = performance.now()
    const visit = new Visit(state)
    this.#visit = visit
    const note = (outcome: StateTransition['outcome'], said: Pick<StateTransition, 'finding' | 'error'>) => {
      const durationMs = performance.now() - started
      const transition: StateTransition = {
        state: state.name,
        from,
        outcome,
        at,
        durationMs,
        attempts: Math.max(visit.attempt, 1),
        ...said,
      }
      this.#history.push(transition)
      this.#options.onTransition?.(transition)
    }
    this.#at = index
    try {
      if (this.#closed) throw new AbortedError('the session was closed')
      const { signal: ending } = this.#options
      if (ending?.aborted) throw aborted(state.name, ending)
      const withinMs = deadlineMs(within ?? this.#within(state))
      const work = visit.run(withinMs, this.#context(state, visit), this.#retries(state), signal)
      // Once it waits for something: what it sends is sent first.
      if (work instanceof Promise) this.#listen()
      const result = await work
      this.#results.set(state.name, result)
      this.#options.onFound?.(state.name, result)
      note('completed', state.finding === undefined ? {} : { finding: fitToPrint(state.finding(result)) })
    } catch (error) {
      if (visit.gaveUp) this.#abandoned = this.#abandon()
      note(error instanceof AbortedError ? 'aborted' : 'failed', { error: firstLine(error) })
      this.#error = toStateError(
        state.name,
        error,
        this.#connection?.host ?? placeOf(this.#config),
        this.#history,
        this.#config?.tls,
      )
      this.#options.onFailure?.(this.#error)
      throw this.#error
    }
  }

  /** Ends what still runs in a state that was given up, in the server too, and the connection that it would go on using. */
  async #abandon(): Promise<void> {
    const connection = this.#connection
    await connection?.cancel()
    connection?.destroy()
  }

  /** One listener for the whole session: its signal gives up whatever state, and whatever statement, is under way. */
  #listen(): void {
    const { signal } = this.#options
    if (signal === undefined || this.#onAbort !== undefined) return
    this.#onAbort = () => {
      this.#visit?.giveUp(aborted(String(this.state), signal))
      void this.#connection?.abort(signal)
    }
    if (signal.aborted) this.#onAbort()
    else signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  #within(state: State): Duration {
    const { within } = state
    const config = this.#config
    if (typeof within === 'function') return config === undefined ? DEFAULT_STATE_MS : within(config)
    return within ?? config?.stateTimeoutMs ?? DEFAULT_STATE_MS
  }

  #retries(state: State): Retries | undefined {
    const most = this.#config?.retries ?? 0
    const scope = state.retry ?? 'statement'
    return scope === 'never' || most === 0 ? undefined : { scope, most }
  }

  #context(state: State, visit: Visit): StateContext {
    if (!this.#locals.has(state.name)) this.#locals.set(state.name, state.local?.())
    return new HandlerContext(this, state.name, visit, {
      sources: this.#sources,
      local: this.#locals.get(state.name),
      results: this.#results,
      control: this.#control,
      onProgress: this.#options.onProgress,
    })
  }
}

const DEFAULT_STATE_MS = 10_000

export function placeOf(config: Config | undefined): string | undefined {
  return config?.host === undefined ? undefined : hostPort(config.host, config.port)
}
