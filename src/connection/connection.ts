import type { Connection as DriverConnection, createConnection, QueryError, TypedParameter } from 'mysql2'
import { clearTimeout, performance, setImmediate, setTimeout } from '../clock.ts'
import type { Secret } from '../config/secret.ts'
import type { TlsMaterial } from '../config/config.ts'
import { deadlineMs, type Duration } from '../duration.ts'
import { aborted, ConfigError, DeadlineError, describeReason, StatementError } from '../errors.ts'
import type { TiDBError, TiDBErrorDetails } from '../errors.ts'
import { hostPort } from '../host-port.ts'
import { fits, kindOf, miscount, miscounted, misfit, toParameters, unwritable } from './bound-values.ts'
import type { Backslash, Value, ValueKind } from './bound-values.ts'
import { printable } from '../redact.ts'
import { dialKey } from './dial-key.ts'
import { answerOf, isUndetermined, onceOpen, permanence } from './error-codes.ts'
import { greeted } from './greeting.ts'
import { cancelThrough, endStatement, type Victim } from './kill.ts'
import { LocalInfile, nothingFor, type OpenLocalInfile } from './local-infile.ts'
import { redactError } from './redact-error.ts'
import { backslashAfter, toRows, type Row, type Rows } from './rows.ts'
import { forgetUtc, isUtc, knownUtc, useOwnVariables, useUtc } from './session-variables.ts'
import { toDates } from './times.ts'
import { hintsAt } from './started-servers.ts'
import { leavesDoubt, maySetZone } from './statement-kind.ts'
import { isEncrypted, socketOf } from './socket.ts'
import { tlsOptions } from './tls.ts'
import { StatementLog, type LoggedStatement, type PendingStatement } from './statement-log.ts'
import { isTraced, trace } from './statement-trace.ts'
import { toResults, type TextResult } from './text-result.ts'

export type { Value } from './bound-values.ts'

/** Where and as whom to connect. */
export interface Address {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: Secret
  readonly tlsMaterial?: TlsMaterial | undefined
  /** Deadline of the dial, greeting included, in ms. */
  readonly connectTimeoutMs: number
  /** Deadline of a statement that we send ourselves, in ms. Default 10,000. */
  readonly stateTimeoutMs?: number | undefined
}

export interface DialOptions {
  readonly signal?: AbortSignal | undefined
  /** What errors call this connection, such as `alice`. */
  readonly name?: string | undefined
  /** Database to ask for with the dial, which saves a round trip; a server that refuses it refuses the dial. */
  readonly database?: string | undefined
  /**
   * Deadline of a statement that gives none, in ms; the connection is cut when it passes. Default: that of statements
   * that we send ourselves. `Infinity` for those of the user.
   */
  readonly answerWithinMs?: number | undefined
  /**
   * Leaves the session as the server makes it, but for its time zone: for statements of users. Default: a session of our
   * own, whose variables are set to what our statements take for granted.
   */
  readonly keepsDefaults?: boolean | undefined
}

export interface StatementOptions {
  /** Cancels the statement in the server (KILL QUERY) and rejects with AbortedError. */
  readonly signal?: AbortSignal | undefined
  /** Deadline; the statement is cancelled in the server when it passes, and DeadlineError is thrown. */
  readonly within?: Duration | undefined
  /** Return DATE, DATETIME and TIMESTAMP as the text that the server sent, not as Date. */
  readonly dateStrings?: boolean | undefined
  /**
   * What LOAD DATA LOCAL sends: called with the name in its INFILE when the server asks for that file. Without it no
   * file is ever read: a server could ask for any. Its stream is destroyed with the statement. If that is cancelled
   * or fails halfway, nothing of it stays, and the connection goes with it.
   *
   * @example session.query("load data local infile 'orders.tsv' into table orders", [], { localInfile: () => data.tsv() })
   */
  readonly localInfile?: OpenLocalInfile | undefined
}

// Loaded with the first dial: it takes 50 ms, and a process that never dials need not.
let driverModule: Driver | undefined

interface Driver {
  readonly createConnection: typeof createConnection
  readonly TypedParameter: typeof TypedParameter
}

/** Loads the driver, so that the first dial need not: for whoever waits for something else meanwhile. */
export async function loadDriver(): Promise<Driver> {
  return (await import('mysql2')).default
}

/** A statement that the server has prepared. */
interface Prepared {
  readonly parameters: readonly unknown[]
}

// The driver's types know only its older form, by text alone.
interface Prepares {
  prepare(
    options: { readonly sql: string },
    onPrepared: (error: QueryError | null, statement: Prepared) => void,
  ): unknown
}

/** Makes the error that a statement is given up with: `fate` is what became of it in the server, in words. */
type GiveUp = (fate?: string) => TiDBError

/** A statement that was sent and not answered, or that waits for those before it. */
interface InFlight {
  /** Ends it without an answer of the server. */
  readonly end: (error: QueryError | StatementError) => void
  /** Has it fail with that, whatever the server answers. */
  readonly giveUp: (reason: GiveUp) => void
  /** Sends it. Not before the one before it was answered: one that is given up meanwhile is never sent. */
  readonly start: () => void
  /** Settles when its end in the server was seen to, with what became of it. Never rejects. */
  cancelling?: Promise<string | undefined>
  /** What it sends, when it is a LOAD DATA LOCAL whose file the server asked for. */
  infile?: LocalInfile | undefined
}

const ANSWER_WITHIN_MS = 10_000

/** How long a cancelled statement may take to end before its socket is cut, in ms. */
export const CANCEL_GRACE_MS = 2_000

/** One connection to a TiDB: statements with deadlines, a log of the last ones, errors with names. */
export class TiDBConnection implements AsyncDisposable {
  /** Let go of at the end, with its buffers: a closed connection lives for as long as the report of its test may ask. */
  #driver: DriverConnection | undefined
  #id = 0
  #encrypted = false
  readonly #address: Address
  readonly #database: string | undefined
  readonly #log = new StatementLog()
  readonly #answerWithinMs: number
  readonly #keepsDefaults: boolean
  #name: string | undefined
  #lost: unknown
  #lostWith: string | undefined
  /** By the server's own word; undefined until it said. */
  #backslash: Backslash | undefined
  /** The kinds of the values that a prepared statement was first executed with. */
  readonly #kinds = new WeakMap<Prepared, readonly ValueKind[]>()
  #onLost: ((error: StatementError) => void) | undefined
  #closed = false
  /** The one that the driver has: it sends one at a time. */
  #sent: InFlight | undefined
  readonly #pending = new Map<PendingStatement, InFlight>()
  readonly #onEnd = new Set<() => void>()

  private constructor(driver: DriverConnection, address: Address, options: DialOptions) {
    const { name, database, answerWithinMs, keepsDefaults = false } = options
    this.#keepsDefaults = keepsDefaults
    this.#driver = driver
    this.#answerWithinMs = answerWithinMs ?? patience(address)
    this.#address = address
    this.#database = database
    this.#name = name
    // Without a listener, a connection lost between two statements would end the process.
    driver.on('error', (error) => this.#lose(error))
  }

  /**
   * Dials, and waits for the server's greeting and its word on the credentials.
   *
   * @throws the driver's error, AbortedError, or DeadlineError if the server did not greet in time.
   */
  static async open(address: Address, options: DialOptions = {}): Promise<TiDBConnection> {
    const { database } = options
    driverModule ??= await loadDriver()
    const { host, port, user, password } = address
    const driver = driverModule.createConnection({
      host,
      port,
      user,
      password: password.reveal(),
      ...(database !== undefined && { database }),
      // The deadline below covers the greeting too; the driver's would not say what it waited for.
      connectTimeout: 0,
      // The driver makes room for so many at once, with each connection: its own 16,000 cost 0.1 ms and half a megabyte.
      maxPreparedStatements: 256,
      supportBigNumbers: true,
      // As of the session, see #setUp: a Date is an instant, written as the session reads it.
      timezone: 'Z',
      ...tlsOptions(address),
    })
    const connection = new TiDBConnection(driver, address, options)
    // What can be is found out while the server prepares its greeting.
    const { signal } = options
    const isSetUp = options.keepsDefaults === true && knownUtc(dialKey(address)) === true
    try {
      await greeted(driver, address, signal, isSetUp ? undefined : () => connection.#setUp())
    } catch (error) {
      connection.destroy()
      throw error
    }
    connection.#id = driver.threadId
    connection.#encrypted = isEncrypted(driver)
    return connection
  }

  /** Whether new sessions on a server are in UTC. Asked once in each process. @throws as {@link open}. */
  static async servesUtc(address: Address): Promise<boolean> {
    const server = dialKey(address)
    const known = knownUtc(server)
    if (known !== undefined) return known
    await using connection = await TiDBConnection.open(address, { name: 'time zone', keepsDefaults: true })
    return isUtc(server, (sql) => connection.query(sql))
  }

  /** Part of the dial, so within its deadline. */
  #setUp(): Promise<void> {
    return this.#keepsDefaults ? useUtc(dialKey(this.#address), this.#ask) : useOwnVariables(this.#ask)
  }

  /** Sends a statement of the dial or of a reset, which is in no log. */
  readonly #ask = (sql: string): Promise<Row[]> =>
    new Promise((resolve, reject) => {
      if (this.#driver === undefined) return reject(this.#gone(sql))
      const started = performance.now()
      this.#driver.query(sql, (error, rows) => {
        this.#trace({
          sql,
          durationMs: performance.now() - started,
          rows: Array.isArray(rows) ? rows.length : 0,
          error: error ? String(error.errno ?? error.code) : undefined,
        })
        if (error) return reject(error)
        this.#backslash = backslashAfter(rows) ?? this.#backslash
        resolve(rows as Row[])
      })
    })

  #trace({ sql, durationMs = 0, rows, error }: Pick<PendingStatement, 'sql' | 'durationMs' | 'rows' | 'error'>): void {
    if (isTraced()) trace({ session: this.#name, host: this.host, sql, durationMs, rows, error })
  }

  /** The server's number for this connection, as in `CONNECTION_ID()` and the process list. */
  get id(): number {
    return this.#id
  }

  /** `host:port`. */
  get host(): string {
    return hostPort(this.#address.host, this.#address.port)
  }

  /** Where and as whom this connection was made. */
  get address(): Address {
    return this.#address
  }

  /** The database that was asked for with the dial, and that the server took it with; undefined if none was. */
  get database(): string | undefined {
    return this.#database
  }

  /** Deadline of a statement that gives none, in ms. */
  get answerWithinMs(): number {
    return this.#answerWithinMs
  }

  /** Whether what travels is encrypted. */
  get encrypted(): boolean {
    return this.#encrypted
  }

  /** True from `close()` or `destroy()` on, and after the connection was lost. */
  get closed(): boolean {
    return this.#closed || this.#lost !== undefined
  }

  /** Begins anew under another name: errors call it so, and the log of statements is empty. */
  rename(name: string): void {
    this.#name = name
    this.#log.clear()
  }

  /** Called once, when the connection is lost without having been closed: in the middle of a statement or between two. */
  onLost(listener: (error: StatementError) => void): void {
    this.#onLost = listener
  }

  /** Statements under way. */
  get running(): number {
    return this.#pending.size
  }

  /** Tells of the statement that was sent last whether the server has it, or others of this connection come first. */
  watchLast(): () => boolean {
    const last = [...this.#pending.values()].at(-1)
    return () => last !== undefined && this.#sent === last
  }

  /** The last 20 statements, oldest first, without passwords. */
  get statements(): LoggedStatement[] {
    return this.#log.read()
  }

  /** Reads the same later, without holding on to the connection. */
  get statementLog(): Pick<StatementLog, 'read'> {
    return this.#log
  }

  /**
   * Sends a statement as text, `?` filled in from `values` by the driver.
   *
   * @throws {StatementError} if the server refuses it or the connection is lost.
   * @throws {DeadlineError} or {AbortedError} if it was cancelled.
   * @example const [{ n }] = await session.query<{ n: number }>('select count(*) as n from t where id > ?', [10])
   */
  query<R extends object = Row>(sql: string, values?: readonly Value[], options?: StatementOptions): Promise<Rows<R>> {
    return this.#send<R>('query', sql, values, options)
  }

  /** Sends a prepared statement: parameters travel apart from the text. Otherwise as `query`. */
  execute<R extends object = Row>(
    sql: string,
    values?: readonly Value[],
    options?: StatementOptions,
  ): Promise<Rows<R>> {
    return this.#send<R>('execute', sql, values, options)
  }

  /** Sends a statement, and returns the bytes of its answer. Otherwise as `query`. */
  async queryText(sql: string, options?: StatementOptions): Promise<TextResult[]> {
    const results: TextResult[] = []
    await this.#send('query', sql, undefined, options, results)
    return results
  }

  /** @param texts takes the answer, byte by byte. */
  #send<R extends object>(
    command: 'query' | 'execute',
    sql: string,
    values: readonly Value[] | undefined,
    options: StatementOptions | undefined,
    texts?: TextResult[],
  ): Promise<Rows<R>> {
    return new Promise((resolve, reject) => {
      const { signal, within } = options ?? {}
      if (signal?.aborted) return reject(aborted(printable(sql), signal, this.host))
      if (this.closed) return reject(this.#gone(sql))
      const wrong = values === undefined ? undefined : this.#misuse(command, sql, values)
      if (wrong !== undefined) return reject(this.#notSent(sql, wrong))
      let cancelled: GiveUp | undefined
      const cancel = (reason: GiveUp) => {
        cancelled ??= reason
        void this.#cancel(statement, inFlight)
      }
      const onAbort = () => cancel((fate) => aborted(printable(sql), signal as AbortSignal, this.host, fate))
      // Nobody wants more of a connection of our own on which nothing is answered.
      const expire = (reason: GiveUp) => {
        if (within !== undefined) return cancel(reason)
        cancelled ??= reason
        this.destroy()
      }
      const timer = this.#deadline(sql, within, expire)
      signal?.addEventListener('abort', onAbort, { once: true })
      const statement = this.#log.add(sql)
      const onAnswer = (error: QueryError | StatementError | null, result?: unknown, fields?: unknown) => {
        if (!this.#pending.delete(statement)) return
        const cutShort = inFlight.infile?.wellRead === false
        inFlight.infile?.close()
        for (const listener of this.#onEnd) listener()
        statement.durationMs = performance.now() - statement.started
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        // What is left of the file would be read as statements, or the next statement as the file.
        if (cutShort) {
          const failure = this.#failure(sql, error ?? CUT, { sent: true, cutShort })
          this.#lose(error ?? CUT, failure, cancelled?.() ?? failure)
          this.#cut()
        }
        const isRefused = error instanceof StatementError
        const failure = error === null || isRefused ? error : this.#failure(sql, error, { sent: true, cutShort })
        if (error !== null && !isRefused && error.fatal) this.#lose(error, failure ?? undefined)
        // After the loss is known: nothing more is sent then.
        if (this.#sent === inFlight) this.#next()
        if (error === null) {
          this.#backslash = backslashAfter(result) ?? this.#backslash
          if (maySetZone(sql)) forgetUtc()
          if (texts !== undefined) texts.push(...toResults(result, fields))
          else if (options?.dateStrings !== true) toDates(result, fields)
          const rows = toRows<R>(result)
          statement.rows = rows.length || rows.affectedRows
          this.#trace(statement)
          // A statement that is killed may also end well: SLEEP() then returns 1.
          if (cancelled === undefined) return resolve(rows)
        } else {
          const { errno, code, message } = answerOf(error)
          statement.error = isRefused ? 'not sent' : String(errno ?? code ?? message)
          this.#trace(statement)
        }
        const fail = (fate?: string) => reject(cancelled?.(fate) ?? failure)
        // Its outcome is known, and whoever waits for its end may go on: nothing is killed from here on.
        if (inFlight.cancelling === undefined) fail()
        else void inFlight.cancelling.then(fail)
      }
      const infileStreamFactory = (path: string) => {
        const open = () => options?.localInfile?.(path) ?? nothingFor(path, this.host)
        const refused = (cause: unknown) => () => this.#withoutData(sql, cause)
        inFlight.infile = new LocalInfile(
          open,
          (cause) => cancel(refused(cause)),
          (cause) => (cancelled ??= refused(cause)),
        )
        if (cancelled !== undefined) inFlight.infile.stop()
        return inFlight.infile.stream
      }
      // The driver's types know no bigint and no undefined; it writes the one as a number and the other as NULL.
      const asSent = texts === undefined ? {} : { rowsAsArray: true, typeCast: false }
      const common = { sql, dateStrings: true, infileStreamFactory, ...asSent }
      const isWanted = () => cancelled === undefined && this.#pending.has(statement)
      const start = () => {
        if (command === 'query') this.#driver?.query({ ...common, values: values as unknown[] }, onAnswer)
        else this.#execute(common, values ?? [], onAnswer, isWanted)
      }
      const inFlight: InFlight = { end: onAnswer, giveUp: (reason) => (cancelled ??= reason), start }
      this.#pending.set(statement, inFlight)
      if (this.#sent === undefined) this.#next()
    })
  }

  /** Sends the statement that has waited longest; nothing of a connection that is gone. */
  #next(): void {
    this.#sent = undefined
    for (const [{ sql }, inFlight] of this.#pending) {
      if (this.closed) {
        inFlight.end(this.#gone(sql))
        continue
      }
      this.#sent = inFlight
      inFlight.start()
      return
    }
  }

  /** Prepares, as often as need be, and executes: once the server has said how many values it takes. */
  #execute(
    options: { readonly sql: string },
    values: readonly Value[],
    onAnswer: (error: QueryError | StatementError | null, result?: unknown, fields?: unknown) => void,
    isWanted: () => boolean,
  ): void {
    const { sql } = options
    const kinds = values.map(kindOf)
    const onPrepared = (error: QueryError | null, statement: Prepared) => {
      if (error) return onAnswer(error)
      const wrong = miscount(statement.parameters.length, values.length)
      if (wrong !== undefined) return onAnswer(this.#notSent(sql, wrong))
      if (!isWanted()) return onAnswer(this.#notSent(sql, 'it was given up'))
      const before = this.#kinds.get(statement)
      if (before !== undefined && !fits(before, kinds)) {
        this.#driver?.unprepare(sql)
        return prepare()
      }
      if (before === undefined) this.#kinds.set(statement, kinds)
      const parameters = driverModule === undefined ? [] : toParameters(values, driverModule.TypedParameter)
      this.#driver?.execute({ ...options, values: parameters }, onAnswer)
    }
    const prepare = () => (this.#driver as unknown as Prepares | undefined)?.prepare(options, onPrepared)
    prepare()
  }

  /** What is wrong with how a statement is used, as far as it can be known before the server is asked. */
  #misuse(command: 'query' | 'execute', sql: string, values: readonly Value[]): string | undefined {
    const wrong = misfit(command, values)
    if (wrong !== undefined || command === 'execute') return wrong
    const other = miscounted(sql, values.length, this.#backslash)
    return other ?? (this.#backslash === 'literal' ? unwritable(sql, values) : undefined)
  }

  #notSent(sql: string, why: string, details?: Pick<TiDBErrorDetails, 'answer' | 'hints' | 'cause'>): StatementError {
    const session = this.#name === undefined ? {} : { session: this.#name }
    return new StatementError(printable(sql), { host: this.host, notSent: true, fate: why, ...session, ...details })
  }

  /** Of a statement that finds its connection gone: what that went with was another's fault. */
  #gone(sql: string): StatementError {
    if (this.#lost === undefined) return this.#notSent(sql, 'the connection is closed')
    const why = `the connection was lost before, with this error:\n${(this.#lostWith ?? '').replace(/^/gm, '    ')}`
    const answer = { code: 'PROTOCOL_CONNECTION_LOST', message: 'the connection was lost before' }
    const hints = hintsAt(this.host, onceOpen(answerOf(this.#lost)))
    return this.#notSent(sql, why, { answer, hints: hints.length > 0 ? hints : [ANOTHER], cause: this.#lost })
  }

  #deadline(sql: string, within: Duration | undefined, expire: (reason: GiveUp) => void): NodeJS.Timeout | undefined {
    const ms = within === undefined ? this.#answerWithinMs : deadlineMs(within)
    if (ms === Number.POSITIVE_INFINITY) return undefined
    return setTimeout(() => expire((fate) => this.#late(`statement: ${printable(sql)}`, ms, fate)), ms)
  }

  #late(what: string, ms: number, fate?: string): DeadlineError {
    const { host } = this
    const hints = ms === patience(this.#address) ? ['TIDB_STATE_TIMEOUT_MS is this deadline'] : []
    return new DeadlineError(`${this.#name ? `${this.#name}'s ` : ''}${what}`, ms, { host, hints, fate })
  }

  /** @param failure how the loss is described. @param last what the statement failed with that it went with. */
  #lose(error: unknown, failure = this.#failure('', error, NOT_SENT), last: TiDBError = failure): void {
    if (this.#lost !== undefined) return
    this.#lost = error
    this.#lostWith = last.message
    if (!this.#closed) this.#onLost?.(failure)
  }

  #failure(sql: string, error: unknown, { sent, cutShort } = { sent: true, cutShort: false }): StatementError {
    redactError(error, sql)
    const answer = onceOpen(answerOf(error))
    const outcomeUnknown = isUndetermined(answer) || (sent && permanence(answer) === 'lost' && leavesDoubt(sql))
    return new StatementError(printable(sql), {
      host: this.host,
      answer,
      hints: [
        ...(outcomeUnknown ? [DOUBT] : []),
        ...(cutShort ? [CUT_SHORT] : []),
        ...hintsAt(this.host, answer, this.encrypted),
      ],
      outcomeUnknown,
      cause: error,
      ...(this.#name !== undefined && { session: this.#name }),
    })
  }

  #withoutData(sql: string, cause: unknown): TiDBError {
    if (cause instanceof ConfigError) return cause
    return new StatementError(printable(sql), {
      host: this.host,
      hints: [`fix the stream that localInfile opened; it failed with: ${describeReason(cause)}`],
      cause,
      ...(this.#name !== undefined && { session: this.#name }),
    })
  }

  /**
   * Ends the statements under way in the server, from another connection, and waits for their end: with KILL QUERY, and
   * DDL with ADMIN CANCEL DDL JOBS. If an end does not come within 2 s, the socket is cut.
   */
  async cancel(): Promise<void> {
    await Promise.all([...this.#pending].reverse().map(([statement, inFlight]) => this.#cancel(statement, inFlight)))
  }

  /** One that was not sent yet is not sent; one that was is ended in the server. */
  async #cancel(statement: PendingStatement, inFlight: InFlight): Promise<void> {
    if (this.closed) return
    if (this.#sent === inFlight) await (inFlight.cancelling ??= this.#end(statement, inFlight))
    else inFlight.end(this.#notSent(statement.sql, 'it was given up before it was sent'))
  }

  /** @returns what became of it, in words. */
  async #end(statement: PendingStatement, { infile }: InFlight): Promise<string | undefined> {
    infile?.stop()
    const over = this.#endOf(statement)
    const fate = await endInServer(this.#address, {
      connectionId: this.id,
      sql: statement.sql,
      over,
      isOver: () => !this.#pending.has(statement),
      succeeded: () => statement.error === undefined,
      onKilled: () => infile?.end(),
    })
    if (this.#pending.has(statement)) this.destroy()
    infile?.end()
    return fate
  }

  /** Cancels what is under way, which then fails with what a signal was aborted for. */
  async abort(signal: AbortSignal): Promise<void> {
    for (const [{ sql }, { giveUp }] of this.#pending)
      giveUp((fate) => aborted(printable(sql), signal, this.host, fate))
    await this.cancel()
  }

  #endOf(statement: PendingStatement): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.#pending.has(statement)) return
        this.#onEnd.delete(check)
        resolve()
      }
      this.#onEnd.add(check)
      check()
    })
  }

  /**
   * Makes the session in the server as good as new: transaction rolled back, variables, user variables, temporary
   * tables and prepared statements gone, no database in use, locks by GET_LOCK released. The connection keeps its id.
   * https://dev.mysql.com/doc/c-api/8.0/en/mysql-reset-connection.html
   *
   * @throws {StatementError} if the server refuses. {DeadlineError} if it does not answer, and the connection is cut.
   */
  async reset(): Promise<void> {
    const withinMs = patience(this.#address)
    const driver = this.#driver
    if (driver === undefined) throw this.#gone('reset of the connection')
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.destroy()
        reject(this.#late('reset of the connection', withinMs))
      }, withinMs)
      const settle = (error?: unknown) => {
        clearTimeout(timer)
        if (error === undefined) resolve()
        else reject(error)
      }
      driver.reset((error) => {
        this.#backslash = undefined
        if (error) settle(this.#failure('reset of the connection', error))
        else this.#setUp().then(() => settle(), settle)
      })
    })
  }

  /** Says goodbye to the server and closes the socket. Cuts it if the server does not answer within 2 s. */
  async close(): Promise<void> {
    const driver = this.#driver
    if (driver === undefined || this.closed) return this.destroy()
    this.#closed = true
    let saidGoodbye = false
    let onGoodbye: () => void = () => (saidGoodbye = true)
    driver.end(() => onGoodbye())
    // At once, unless the driver still waits for an answer.
    if (!saidGoodbye) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, CANCEL_GRACE_MS)
        onGoodbye = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    // Nobody need wait while the socket is taken down.
    setImmediate(() => this.#cut())
  }

  /** Cuts the socket at once. */
  destroy(): void {
    this.#closed = true
    this.#cut()
  }

  #cut(): void {
    const driver = this.#driver
    this.#driver = undefined
    if (driver !== undefined) {
      driver.destroy()
      // The driver only says that it sends no more: while the server does not say so too, the process would stay.
      socketOf(driver).destroy()
    }
    // The driver tells nobody whose statement it drops.
    this.#sent?.end(CUT)
    if (this.#pending.size > 0) this.#next()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

const ANOTHER = 'fix that error first; what follows needs another session'
const NOT_SENT = { sent: false, cutShort: false }
const CUT = Object.assign(new Error('the connection was cut'), {
  code: 'PROTOCOL_CONNECTION_LOST',
  fatal: true,
}) as QueryError
const DOUBT = 'its outcome is unknown: the server may or may not have executed it. Check before you send it again'

const CUT_SHORT =
  'connect again: the server ended the statement before it had the whole file, and the connection with it'

/**
 * Ends a statement in its server through another connection, and waits for its end.
 *
 * @returns what became of it, in words, if there is something to be said of it.
 */
export async function endInServer(address: Address, victim: Omit<Victim, 'withinMs'>): Promise<string | undefined> {
  const near = { ...address, connectTimeoutMs: CANCEL_GRACE_MS }
  const open = () => TiDBConnection.open(near, { name: 'cancel', answerWithinMs: CANCEL_GRACE_MS })
  try {
    return await cancelThrough(dialKey(address), open, 2 * CANCEL_GRACE_MS, (control) =>
      endStatement(control, { ...victim, withinMs: CANCEL_GRACE_MS }),
    )
  } catch {
    // A server that no longer takes connections, or no longer answers, is not waiting for this statement either.
    return undefined
  }
}

/** How long the server may take to answer a statement of our own, in ms. */
export function patience({ stateTimeoutMs = ANSWER_WITHIN_MS }: Address): number {
  return stateTimeoutMs
}
