import { clearTimeout, performance, setTimeout, wallTime } from '../clock.ts'
import type { Row, Rows } from '../connection/rows.ts'
import type { LockWait } from '../connection/lock-wait.ts'
import type { LockWaits } from '../connection/lock-waits.ts'
import { deadlineMs, type Duration } from '../duration.ts'
import { aborted, DeadlineError } from '../errors.ts'

/** How a statement ended. `durationMs` counts from when it was sent. */
export type StatementOutcome<R> = { readonly durationMs: number } & (
  { readonly status: 'completed'; readonly rows: Rows<R> } | { readonly status: 'failed'; readonly error: unknown }
)

/** The session that sent a statement, as far as the statement needs it. */
export interface Sender {
  readonly name: string
  readonly connectionId: number | undefined
  readonly connection: { readonly running: number; cancel(): Promise<void> } | undefined
  readonly lockWaits: LockWaits
  /** Default deadline of a wait, in ms. */
  readonly waitTimeoutMs: number
}

export interface BlockedOptions {
  /** Deadline for the statement to be seen waiting, or to end. Default: TIDB_WAIT_TIMEOUT_MS. */
  readonly within?: Duration | undefined
  readonly signal?: AbortSignal | undefined
}

interface Promises<R> {
  /** What the user awaits. */
  readonly tracked: Promise<Rows<R>>
  /** The same, for watching it without counting as awaited. */
  readonly work: Promise<Rows<R>>
  readonly onBlocked?: ((wait: LockWait | undefined) => void) | undefined
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

  /** What it was seen waiting for; undefined where it was not. */
  get blocked(): LockWait | undefined {
    return this.#blocked
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
   * @returns what it waits for; undefined where it ended without having been seen to wait.
   * @throws {DeadlineError} where it neither waits nor ends within the deadline.
   */
  async untilBlocked({ within = this.session.waitTimeoutMs, signal }: BlockedOptions = {}): Promise<
    LockWait | undefined
  > {
    const withinMs = deadlineMs(within)
    const deadline = performance.now() + withinMs
    const { name } = this.session
    // Most statements are over by then, and the server need not be asked.
    await this.#pause(1)
    while (this.#outcome === undefined) {
      if (signal?.aborted) {
        throw aborted(`watching ${name}'s statement`, signal)
      }
      const { connectionId } = this.session
      // Its session may still be on its way to the server.
      const waits = connectionId === undefined ? [] : await this.session.lockWaits.of([{ connectionId, sql: this.sql }])
      // It may have ended while the server was asked.
      if (this.#outcome !== undefined) break
      const [wait] = waits
      if (wait !== undefined) {
        if (this.#blocked === undefined) this.#promises.onBlocked?.(wait)
        this.#blocked = wait
        return wait
      }
      if (performance.now() > deadline) {
        throw new DeadlineError(`${name}'s statement to wait for a lock or to end: ${this.sql}`, withinMs)
      }
      await this.#pause(connectionId === undefined ? 1 : await this.session.lockWaits.everyMs())
    }
    return undefined
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
    this.#wake?.()
    if (this.#blocked !== undefined) this.#promises.onBlocked?.(undefined)
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
