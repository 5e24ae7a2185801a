import { delay, performance } from '../clock.ts'
import type { Ask } from '../connection/ask.ts'
import { TiDBConnection, type Address } from '../connection/connection.ts'
import { retried } from '../connection/retry.ts'
import { CoordinationError, StatementError } from '../errors.ts'
import { formatDuration } from '../number-format.ts'

const RETRIES = { scope: 'statement', most: 5 } as const
/** How long one attempt at the lock waits for it, in s: an answer is due so often, however long others hold it. */
const ATTEMPT_SECONDS = 2
/** How long a party may hold the lock of its group up for others: it makes or drops a few tables meanwhile, in s. */
const LOCK_SECONDS = 30
/** TiDB gives up a lock that several wait for after 256 attempts, which may take it a few ms, with its unknown error. */
const CROWDED = 1105
const CROWDED_PAUSE_MS = 10

/**
 * A connection that several things of one party share: its statements, transactions and locks wait for each other. All
 * is tried again if the server says that it was not carried out, so statements must be such that twice is as once.
 */
export class GroupConnection implements AsyncDisposable {
  readonly #connection: TiDBConnection
  #last: Promise<unknown> = Promise.resolve()

  private constructor(connection: TiDBConnection) {
    this.#connection = connection
  }

  /** @throws as {@link TiDBConnection.open}. */
  static async open(address: Address, name: string, signal?: AbortSignal): Promise<GroupConnection> {
    const connection = new GroupConnection(await TiDBConnection.open(address, { name, signal }))
    try {
      // Once a lock is had, what others did before has to be visible.
      await connection.ask("set session transaction_isolation = 'READ-COMMITTED'")
      return connection
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  get host(): string {
    return this.#connection.host
  }

  get closed(): boolean {
    return this.#connection.closed
  }

  /** Called once, if the connection is lost without having been closed. */
  onLost(listener: (error: StatementError) => void): void {
    this.#connection.onLost(listener)
  }

  readonly ask: Ask = (sql, values) => this.#inTurn(() => retried(() => this.#send(sql, values), RETRIES))

  /** Several statements with none of others between them. */
  alone<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    return this.#inTurn(() => retried(() => work(this.#send), RETRIES))
  }

  /** Several statements as one: all are carried out or none. */
  transaction<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    return this.alone(async (ask) => {
      await ask('begin pessimistic')
      try {
        const value = await work(ask)
        await ask('commit')
        return value
      } catch (error) {
        if (!this.closed) await ask('rollback').catch(() => undefined)
        throw error
      }
    })
  }

  /**
   * Several statements while no other party of any process is at the same. The lock ends with the connection.
   *
   * @returns undefined if the lock could not be had within `seconds`; TiDB waits for 1 s at least.
   */
  tryLocked<T>(lock: string, seconds: number, work: (ask: Ask) => Promise<T>): Promise<T | undefined> {
    return this.#inTurn(async () => {
      if (!(await this.#lock(lock, seconds))) return undefined
      try {
        return await retried(() => work(this.#send), RETRIES)
      } finally {
        if (!this.closed) await this.#send('do release_lock(?)', [lock])
      }
    })
  }

  /** The same. @throws {CoordinationError} if the lock could not be had within 30 s. */
  async locked<T extends object | string | number | boolean>(lock: string, work: (ask: Ask) => Promise<T>): Promise<T> {
    const value = await this.tryLocked(lock, LOCK_SECONDS, work)
    if (value !== undefined) return value
    throw new CoordinationError(`another party held the lock ${lock} for ${formatDuration(LOCK_SECONDS * 1_000)}`, {
      host: this.host,
    })
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #lock(lock: string, seconds: number): Promise<boolean> {
    const give = performance.now() + seconds * 1_000
    for (;;) {
      const left = Math.max(0, give - performance.now()) / 1_000
      const attempt = Math.min(Math.ceil(left), ATTEMPT_SECONDS)
      const within = Math.max(1, attempt) * 1_000 + this.#connection.answerWithinMs
      try {
        const sql = 'select get_lock(?, ?) as got'
        const [row] = await this.#connection.query<{ got: number }>(sql, [lock, attempt], { within })
        if (row?.got === 1 || performance.now() >= give) return row?.got === 1
      } catch (error) {
        const isCrowded = error instanceof StatementError && error.errno === CROWDED
        if (!isCrowded || performance.now() > give) throw error
        await delay(CROWDED_PAUSE_MS)
      }
    }
  }

  readonly #send: Ask = (sql, values) => this.#connection.query(sql, values)

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    return done
  }
}
