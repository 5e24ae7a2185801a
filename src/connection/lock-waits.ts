import { clearTimeout, setTimeout } from '../clock.ts'
import { DeadlineError, firstLine, LockAccountError, TiDBError } from '../errors.ts'
import { hostPort } from '../host-port.ts'
import { answerOf } from './error-codes.ts'
import { innodbLockWaits } from './innodb-lock-waits.ts'
import { TiDBConnection, type Address } from './connection.ts'
import type { LockAccount, LockWaitSource, RunningStatement } from './lock-wait.ts'
import { deadlockOf, type Deadlock } from './deadlocks.ts'
import { hintsAt } from './started-servers.ts'
import { tidbLockWaits } from './tidb-lock-waits.ts'

/** Which statements wait for a lock, as the server tells. Asks over a connection of its own. */
export class LockWaits implements AsyncDisposable {
  readonly #address: Address
  #connection: Promise<TiDBConnection> | undefined
  #source: Promise<LockWaitSource> | undefined

  private constructor(address: Address) {
    this.#address = address
  }

  /** Asks as whoever connects to that address. */
  static at(address: Address): LockWaits {
    return new LockWaits(address)
  }

  /** What the server says of a statement at this moment. @throws {LockAccountError} if it can't be asked within that many ms. */
  of(statement: RunningStatement, withinMs: number): Promise<LockAccount> {
    return this.#ask('which statements wait for a lock', withinMs, async (connection) => {
      const source = await (this.#source ??= sourceFor(connection))
      return source(connection, statement)
    })
  }

  /** The deadlock that a transaction was ended for; undefined if the server remembers none. @throws {LockAccountError} */
  deadlockOf(transaction: string, withinMs: number): Promise<Deadlock | undefined> {
    return this.#ask('for its last deadlocks', withinMs, (connection) => deadlockOf(connection, transaction))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const connection = this.#connection
    this.#forget()
    await (await connection?.catch(() => undefined))?.close()
  }

  /** With a deadline for dial and statements together. After a failure, the next one dials anew. */
  async #ask<T>(what: string, withinMs: number, ask: (connection: TiDBConnection) => Promise<T>): Promise<T> {
    const { host, port } = this.#address
    const place = hostPort(host, port)
    const asked = this.#connect()
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => reject(new DeadlineError(`${place} to answer ${what}`, Math.round(withinMs))),
      withinMs,
    )
    try {
      return await Promise.race([asked.then(ask), late])
    } catch (cause) {
      if (this.#connection === asked) this.#forget()
      // Not closed but cut: what did not answer may not take a goodbye either.
      asked.then((connection) => connection.destroy()).catch(() => undefined)
      throw new LockAccountError(`the server could not be asked ${what}: ${firstLine(cause)}`, {
        host: place,
        hints: cause instanceof TiDBError ? cause.hints : hintsAt(place, answerOf(cause)),
        cause,
      })
    } finally {
      clearTimeout(timer)
    }
  }

  #connect(): Promise<TiDBConnection> {
    this.#connection ??= TiDBConnection.open(this.#address, { name: 'lock waits' })
    return this.#connection
  }

  #forget(): void {
    this.#connection = undefined
    this.#source = undefined
  }
}

async function sourceFor(connection: TiDBConnection): Promise<LockWaitSource> {
  const [row] = await connection.query<{ version: string }>('select version() as version')
  const version = row?.version ?? ''
  return version.includes('TiDB') ? tidbLockWaits(connection) : innodbLockWaits(version)
}
