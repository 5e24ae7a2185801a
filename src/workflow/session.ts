import type { ConfigSources } from '../config/config.ts'
import { defaults } from '../config/settings.ts'
import type { Address, StatementOptions, TiDBConnection, Value } from '../connection/connection.ts'
import type { Row, Rows } from '../connection/rows.ts'
import type { LockWait } from '../connection/lock-wait.ts'
import { LockWaits } from '../connection/lock-waits.ts'
import { writes } from '../connection/statement-kind.ts'
import type { LoggedStatement } from '../connection/statement-log.ts'
import type { TextResult } from '../connection/text-result.ts'
import { printable } from '../redact.ts'
import { withAwaitSite, withCallSite } from '../call-site.ts'
import { aborted, type StateError } from '../errors.ts'
import { SentStatement } from './sent-statement.ts'
import type { StateTransition } from '../transition.ts'
import type { BuiltInResults } from './default-workflow.ts'
import { placeOf, StateMachine, type StateMachineOptions, type StepOptions } from './state-machine.ts'
import type { Results, Workflow } from './workflow.ts'

/** The states of a workflow as methods: `GettingVersion` is `gettingVersion()`. Types follow the handlers. */
export type Steps<R extends Results> = {
  /** Goes through the states up to this one and returns what it found. */
  readonly [Name in keyof R & string as Uncapitalize<Name>]: (options?: StepOptions) => Promise<R[Name]>
}

/** One connection with its workflow. */
export type Session<R extends Results = BuiltInResults> = SessionBase<R> & Steps<R>

export interface SessionOptions extends StateMachineOptions {
  /** Wraps the promise of each step, so that one that nobody awaits can be reported. */
  readonly watchStep?: <T>(label: () => string, work: Promise<T>) => Promise<T>
  /** Told once the session was closed. */
  readonly onClose?: () => void
  /** Called when a statement was seen to wait for a lock, and without a wait once it no longer does. */
  readonly onBlocked?: (sql: string, wait: LockWait | undefined) => void
  /** Who asks the server which statements wait. Default: a connection of the session's own, made when needed. */
  readonly lockWaits?: (address: Address) => LockWaits
  /** Takes over the connection when the session is closed; false if it does not want it. */
  readonly keepConnection?: ((connection: TiDBConnection) => boolean) | undefined
}

/** What every session has, whatever its workflow. */
export class SessionBase<R extends Results = Results> implements AsyncDisposable {
  readonly #machine: StateMachine<R>
  readonly #options: SessionOptions
  readonly #ready: string
  #queried = false
  #used = false
  #wrote = false
  #lockWaits: LockWaits | undefined

  constructor(workflow: Workflow<R>, sources: ConfigSources, options: SessionOptions = {}) {
    this.#machine = new StateMachine(workflow, sources, options)
    this.#options = options
    const { names } = workflow
    this.#ready = names.includes('VerifyingDatabase') ? 'VerifyingDatabase' : 'Connecting'
  }

  /** The machine that drives it. */
  get machine(): StateMachine<R> {
    return this.#machine
  }

  /** What errors and reports call it. */
  get name(): string {
    return this.#machine.name
  }

  /** The state entered last: undefined at first, `Completed` at the end, `Error` after a failure. */
  get state(): string | undefined {
    return this.#machine.state
  }

  /** What a state failed with. */
  get error(): StateError | undefined {
    return this.#machine.error
  }

  /** Each state that was passed or failed, in order, with when, how long and how many attempts. */
  get history(): readonly StateTransition[] {
    return this.#machine.history
  }

  /** The last 20 statements, the workflow's own included, oldest first. */
  get statements(): LoggedStatement[] {
    return this.#machine.connection?.statements ?? []
  }

  /** Reads the same later, without holding on to the session. */
  get statementLog(): { read(): LoggedStatement[] } | undefined {
    return this.#machine.connection?.statementLog
  }

  /** The database that the session uses; undefined if none was asked for. */
  get database(): string | undefined {
    return this.#machine.config?.database
  }

  /** `host:port`; undefined before ParsingConfig. */
  get host(): string | undefined {
    return placeOf(this.#machine.config)
  }

  /** The server's number for this connection; undefined before Connecting. */
  get connectionId(): number | undefined {
    return this.#machine.connection?.id
  }

  /** The connection below; undefined before Connecting. */
  get connection(): TiDBConnection | undefined {
    return this.#machine.connection
  }

  /** Default deadline of a wait that concerns this session, in ms. */
  get waitTimeoutMs(): number {
    return this.#machine.config?.waitTimeoutMs ?? defaults.waitTimeoutMs
  }

  /** True once anybody asked for a step, a statement or an assertion of it: its pool may have connected it before. */
  get used(): boolean {
    return this.#used
  }

  /** True once a statement of the user's own was sent. */
  get queried(): boolean {
    return this.#queried
  }

  /** True once a statement was sent that may have changed something. */
  get wrote(): boolean {
    return this.#wrote
  }

  /** True once the server has answered this session. */
  get reached(): boolean {
    return hasReached(this.#machine.history)
  }

  /**
   * Sends a statement, `?` filled in from `values`, once the session is connected and in its database. If the server
   * did not take it there with the dial, that is after passing the states up to VerifyingDatabase.
   *
   * @returns the rows, with `affectedRows`, `insertId`, `warningCount` and `info` beside them.
   * @throws {StateError} if the session could not be opened; {StatementError} if the server refuses the statement.
   */
  query<R extends object = Row>(sql: string, values?: readonly Value[], options?: StatementOptions): Promise<Rows<R>> {
    return this.#send<R>('query', sql, values, options)
  }

  /** Sends a prepared statement: the parameters travel apart from the text. Otherwise as `query`. */
  execute<R extends object = Row>(
    sql: string,
    values?: readonly Value[],
    options?: StatementOptions,
  ): Promise<Rows<R>> {
    return this.#send<R>('execute', sql, values, options)
  }

  /**
   * Sends a statement and returns at once, with the statement in flight: it can be watched while the server works on
   * it or has it wait. Await it in the end, for its rows or its error.
   *
   * @example
   * const write = bob.send('update account set balance = 20 where id = 1')
   * await expect(write).toBeBlocked()
   */
  send<R extends object = Row>(sql: string, values?: readonly Value[], options?: StatementOptions): SentStatement<R> {
    let isSent: (() => boolean) | undefined
    const onSend = (connection: TiDBConnection) => (isSent = connection.watchLast())
    const work = withCallSite(this.#dispatch<R>('query', sql, values, options, onSend), this.send)
    const tracked = this.#track(() => `send(${excerpt(sql)})`, work)
    return new SentStatement<R>(this, sql, {
      tracked,
      work,
      sql,
      isSent: () => isSent?.() ?? false,
      onBlocked: (wait) => this.#options.onBlocked?.(sql, wait),
    })
  }

  /** Who tells which statements wait for a lock. Throws before Connecting. */
  get lockWaits(): LockWaits {
    const { address } = this.#open()
    return (this.#lockWaits ??= this.#options.lockWaits?.(address) ?? LockWaits.at(address))
  }

  /** What it is doing, in a few words: its state, and the statements that it waits for. */
  describe(): string {
    const sent = this.statements.filter(({ durationMs }) => durationMs === undefined).map(({ sql }) => sql)
    const where = this.state === undefined ? 'not started' : `in ${this.state}`
    return sent.length === 0 ? where : `${where}, sent: ${sent.join('; ')}`
  }

  /** Connects it for somebody who is to use it then. */
  async connect(): Promise<void> {
    await this.#machine.reach('Connecting')
  }

  /** Goes to a state for an assertion, which is what has to be awaited in its place. */
  async assertReach(state: keyof R & string): Promise<void> {
    this.#used = true
    await this.#machine.reach(state)
  }

  /** Sends a statement for an assertion, which is what has to be awaited in its place. @returns the bytes of its answer. */
  async assertText(sql: string, options?: StatementOptions): Promise<TextResult[]> {
    this.#used = true
    this.#queried = true
    this.#wrote ||= writes(sql)
    const connection = this.#usable() ?? (await this.#prepare())
    return connection.queryText(sql, options)
  }

  /** Goes to a state, by its name in PascalCase: what the steps are made of. */
  reach<Name extends keyof R & string>(name: Name, options?: StepOptions): Promise<R[Name]> {
    const work = this.#machine.reach(name, options)
    return this.#track(() => `reach('${name}')`, work)
  }

  /** Cancels what is under way, and closes the connection. */
  async close(): Promise<void> {
    const { keepConnection, lockWaits } = this.#options
    await this.#machine.close(keepConnection)
    if (lockWaits === undefined) await this.#lockWaits?.[Symbol.asyncDispose]()
    this.#options.onClose?.()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Adds a step for each state of a workflow to a class of sessions. */
  static addSteps(sessions: SessionClass, names: readonly string[]): void {
    for (const state of names) {
      const step = state.charAt(0).toLowerCase() + state.slice(1)
      const label = `${step}()`
      const value = function call(this: SessionBase, options?: StepOptions) {
        return this.#track(() => label, this.#machine.reach(state, options))
      }
      Object.defineProperty(sessions.prototype as object, step, { value })
    }
  }

  #send<Fields extends object>(
    command: 'query' | 'execute',
    sql: string,
    values: readonly Value[] | undefined,
    options: StatementOptions | undefined,
  ): Promise<Rows<Fields>> {
    const work = this.#dispatch<Fields>(command, sql, values, options)
    return this.#track(() => `${command}(${excerpt(sql)})`, work)
  }

  #dispatch<Fields extends object>(
    command: 'query' | 'execute',
    sql: string,
    values: readonly Value[] | undefined,
    options: StatementOptions | undefined,
    onSend?: (connection: TiDBConnection) => void,
  ): Promise<Rows<Fields>> {
    this.#queried = true
    this.#wrote ||= writes(sql)
    const { signal } = this.#options
    if (signal?.aborted) return Promise.reject(aborted(printable(sql), signal, this.host))
    const connection = this.#usable()
    if (connection !== undefined && onSend === undefined) return connection[command]<Fields>(sql, values, options)
    const dispatch = (to: TiDBConnection) => {
      const work = to[command]<Fields>(sql, values, options)
      onSend?.(to)
      return work
    }
    return connection === undefined ? this.#prepare().then(dispatch) : dispatch(connection)
  }

  /** The connection, once it is in the session's database: verified, or asked for with the dial and granted. */
  #usable(): TiDBConnection | undefined {
    const { connection } = this.#machine
    if (connection === undefined) return undefined
    // After a state that failed, nothing is sent that would have had to pass it.
    const sound = this.error === undefined && this.#machine.passed('Connecting')
    const granted = sound && connection.database === this.database
    return granted || this.#machine.passed(this.#ready) ? connection : undefined
  }

  async #prepare(): Promise<TiDBConnection> {
    await this.#machine.reach('Connecting')
    if (this.#usable() === undefined) await this.#machine.reach(this.#ready)
    return this.#open()
  }

  #open(): TiDBConnection {
    const { connection } = this.#machine
    if (connection === undefined) throw new TypeError(`${this.#ready} passed without a connection`)
    return connection
  }

  #track<T>(label: () => string, work: Promise<T>): Promise<T> {
    this.#used = true
    const { watchStep } = this.#options
    return watchStep === undefined ? withAwaitSite(work) : watchStep(() => `${this.name}.${label()}`, work)
  }
}

/** The beginning of a statement, as the label of a step has it. */
function excerpt(sql: string): string {
  return JSON.stringify(printable(sql).slice(0, 60))
}

/** Whether the server had answered by then. */
export function hasReached(history: readonly StateTransition[]): boolean {
  return history.some(({ state, outcome }) => state === 'Connecting' && outcome === 'completed')
}

type SessionClass = new (workflow: never, sources: ConfigSources, options?: SessionOptions) => object

const classes = new WeakMap<object, SessionClass>()

/** A session, with a step for each state of its workflow. */
export function createSession<R extends Results>(
  workflow: Workflow<R>,
  sources: ConfigSources,
  options?: SessionOptions,
): Session<R> {
  let sessions = classes.get(workflow)
  if (sessions === undefined) {
    sessions = class Session extends SessionBase {}
    SessionBase.addSteps(sessions, workflow.names)
    classes.set(workflow, sessions)
  }
  return new sessions(workflow as never, sources, options) as Session<R>
}
