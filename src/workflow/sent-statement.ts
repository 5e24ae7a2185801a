import { clearTimeout, performance, setTimeout, wallTime } from '../clock.ts'
import type { TiDBConnection } from '../connection/connection.ts'
import { deadlockedTransaction } from '../connection/deadlocks.ts'
import type { Row, Rows } from '../connection/rows.ts'
import type { LockAccount, LockDoubt, LockWait } from '../connection/lock-wait.ts'
import type { LockWaits } from '../connection/lock-waits.ts'
import { deadlineMs, type Duration } from '../duration.ts'
import { aborted, DeadlineError, LockAccountError, StatementError } from '../errors.ts'
import { printable } from '../redact.ts'

/** How a statement ended. `durationMs` counts from when it was sent. */
export type StatementOutcome<R> = { readonly durationMs: number } & (
  { readonly status: 'completed'; readonly rows: Rows<R> } | { readonly status: 'failed'; readonly error: unknown }
)

/** The session that sent a statement, as far as the statement needs it. */
export interface Sender {
  readonly name: string
  readonly connectionId: number | undefined
  readonly connection: (Pick<TiDBConnection, 'query' | 'running'> & { cancel(): Promise<void> }) | undefined
  readonly lockWaits: LockWaits
  /** Default deadline of a wait, in ms. */
  readonly waitTimeoutMs: number
}

export interface BlockedOptions {
  /** Deadline for the statement to be seen waiting, or to end. Default: TIDB_WAIT_TIMEOUT_MS. */
  readonly within?: Duration | undefined
  /** Gives the wait up; the statement goes on. */
  readonly signal?: AbortSignal | undefined
}

interface Promises<R> {
  /** What the user awaits. */
  readonly tracked: Promise<Rows<R>>
  /** The same, for watching it without counting as awaited. */
  readonly work: Promise<Rows<R>>
  readonly onBlocked?: ((wait: LockWait | undefined) => void) | undefined
  /** What is sent, if it is one statement that is known; else the server is asked for it. */
  readonly sql?: string | undefined
  /** Whether the server has it. True if this is left out. */
  readonly isSent?: () => boolean
}

/** It has not reached the server, which can't say anything of it. */
const NOT_SENT: LockDoubt = {
  connectionId: 0,
  doubt: 'it is not sent yet, as its session is not connected or has another statement under way',
  lasting: false,
}

/** However short the deadline: for a first poll, the server has to be dialled. */
const ANSWER_WITHIN_MS = 1_000

/** Between two polls, in ms: a tenth of how long it has been watched, from 1 to 25. */
function pauseMs(watchedMs: number): number {
  return Math.min(25, Math.max(1, watchedMs / 10))
}

/**
 * A statement in flight: await it for its rows, or watch what becomes of it in the server.
 *
 * @example
 * const write = bob.send('update account set balance = 20 where id = 1')
 * await expect(write).toBeBlocked()
 * await alice.query('commit')
 * await write
 */
export class SentStatement<R extends object = Row> implements PromiseLike<Rows<R>> {
  readonly session: Sender
  readonly sql: string
  /** When it was sent, in ms since 1970 with fractions. */
  readonly sentAt = wallTime()
  /** Settles once it has ended, well or not; never rejects. */
  readonly settled: Promise<void>
  readonly #promises: Promises<R>
  #outcome: StatementOutcome<R> | undefined
  #blocked: LockWait | undefined
  #wake: (() => void) | undefined
  #deadlocked: Promise<string | undefined> = Promise.resolve(undefined)

  constructor(session: Sender, sql: string, promises: Promises<R>) {
    this.session = session
    this.sql = sql
    this.#promises = promises
    this.settled = promises.work.then(
      (rows) => this.#settle({ status: 'completed', rows, durationMs: this.#age() }),
      (error: unknown) => this.#settle({ status: 'failed', error, durationMs: this.#age() }),
    )
  }

  /** How it ended; undefined while it is under way. */
  get outcome(): StatementOutcome<R> | undefined {
    return this.#outcome
  }

  /** What it was seen waiting for; undefined if it was not. */
  get blocked(): LockWait | undefined {
    return this.#blocked
  }

  /** Start timestamp of its transaction, if a deadlock ended it and the server tells. */
  get deadlocked(): Promise<string | undefined> {
    return this.#deadlocked
  }

  then<A = Rows<R>, B = never>(
    onFulfilled?: ((rows: Rows<R>) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#promises.tracked.then(onFulfilled, onRejected)
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Rows<R> | B> {
    return this.then(undefined, onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<Rows<R>> {
    return this.#promises.tracked.finally(onFinally)
  }

  /**
   * Waits until the server says that it waits for a lock.
   *
   * @returns what it waits for; undefined if it ended without having been seen to wait.
   * @throws {DeadlineError} if it neither waits nor ends within the deadline; {LockAccountError} if the server does not
   * tell whether it waits.
   */
  async untilBlocked(options: BlockedOptions = {}): Promise<LockWait | undefined> {
    const wait = await this.blockedWithin(options)
    if (wait !== undefined || this.#outcome !== undefined) return wait
    const withinMs = deadlineMs(options.within ?? this.session.waitTimeoutMs)
    throw new DeadlineError(`${this.#name} to wait for a lock or to end`, withinMs)
  }

  /**
   * Waits until the server says that it waits for a lock, until it ends, or for the deadline.
   *
   * @returns what it waits for; undefined if the server does not say of it that it waits.
   * @throws {LockAccountError} if the server does not tell whether it waits.
   */
  async blockedWithin({ within = this.session.waitTimeoutMs, signal }: BlockedOptions = {}): Promise<
    LockWait | undefined
  > {
    const withinMs = deadlineMs(within)
    const started = performance.now()
    const leftMs = () => withinMs - (performance.now() - started)
    let account: LockAccount
    let lasting: LockDoubt | undefined
    // Most statements are over by then, and the server need not be asked.
    await this.#pause(1)
    while (this.#outcome === undefined) {
      if (signal?.aborted) throw aborted(`watching ${this.#name}`, signal)
      const asked = this.#ask(Math.max(leftMs(), ANSWER_WITHIN_MS))
      // It may end while the server is asked, and the server may take its time.
      account = await Promise.race([asked, this.settled.then(() => undefined)])
      asked.catch(() => undefined)
      if (this.#outcome !== undefined) break
      if (account !== undefined && 'kind' in account) {
        if (this.#blocked === undefined) this.#promises.onBlocked?.(account)
        return (this.#blocked = account)
      }
      if (account?.lasting) lasting = account
      // Not before it was asked: a busy process may be late.
      if (leftMs() <= 0) break
      await this.#pause(Math.min(leftMs(), pauseMs(performance.now() - started)))
    }
    const doubt =
      lasting ?? (this.#outcome === undefined && account !== undefined && 'doubt' in account ? account : undefined)
    if (doubt !== undefined) throw this.#doubtful(doubt)
    return undefined
  }

  async #ask(withinMs: number): Promise<LockAccount> {
    const { connectionId } = this.session
    const { sql, isSent = () => true } = this.#promises
    if (connectionId === undefined || !isSent()) return NOT_SENT
    return this.session.lockWaits.of({ connectionId, sql }, withinMs)
  }

  #doubtful({ doubt }: LockDoubt): LockAccountError {
    return new LockAccountError(`whether ${this.#name} waits for a lock can't be known: ${doubt}`)
  }

  get #name(): string {
    return `${this.session.name}'s statement (${printable(this.sql)})`
  }

  /** Ends it in the server with KILL QUERY. It then fails with what the server says of that. */
  async cancel(): Promise<void> {
    if (this.#outcome === undefined) await this.session.connection?.cancel()
  }

  #age(): number {
    return wallTime() - this.sentAt
  }

  #settle(outcome: StatementOutcome<R>): void {
    this.#outcome = outcome
    if (outcome.status === 'failed') this.#noteDeadlock(outcome.error)
    this.#wake?.()
    if (this.#blocked !== undefined) this.#promises.onBlocked?.(undefined)
  }

  /** Before whoever awaits the statement can send the next one. */
  #noteDeadlock(error: unknown): void {
    const { connection } = this.session
    if (!(error instanceof StatementError) || error.errno !== 1213 || connection === undefined) return
    // Whatever was sent behind it is the last statement by then.
    if (connection.running > 0) return
    this.#deadlocked = deadlockedTransaction(connection)
    this.#deadlocked.catch(() => undefined)
  }

  /** Until the statement ends, but not longer than that. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
