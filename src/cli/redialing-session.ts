import type { Querier } from '../connection/ask.ts'
import { TiDBConnection, type Address, type StatementOptions, type Value } from '../connection/connection.ts'
import { answerOf } from '../connection/error-codes.ts'
import type { Row, Rows } from '../connection/rows.ts'
import { StatementError, TiDBError } from '../errors.ts'
import { hostPort } from '../host-port.ts'
import { printable } from '../redact.ts'

/** A connection that is dialled with its first statement, and again after one that took it along. */
export class RedialingSession implements Querier, AsyncDisposable {
  readonly #address: Address
  readonly #name: string
  #connection: Promise<TiDBConnection> | undefined

  constructor(address: Address, name: string) {
    this.#address = address
    this.#name = name
  }

  async query<R extends object = Row>(
    sql: string,
    values?: readonly Value[],
    options: StatementOptions = {},
  ): Promise<Rows<R>> {
    return (await this.#open(sql, options.signal)).query<R>(sql, values, options)
  }

  /** What is asked at once is asked over one connection. */
  async #open(sql: string, signal: AbortSignal | undefined): Promise<TiDBConnection> {
    const before = this.#connection
    if (before !== undefined) {
      const connection = await before.catch(() => undefined)
      if (connection?.closed === false) return connection
    }
    if (this.#connection === before) this.#connection = this.#dial(sql, signal)
    return this.#connection ?? this.#open(sql, signal)
  }

  async #dial(sql: string, signal: AbortSignal | undefined): Promise<TiDBConnection> {
    try {
      return await TiDBConnection.open(this.#address, { name: this.#name, signal })
    } catch (cause) {
      if (cause instanceof TiDBError) throw cause
      const { host, port } = this.#address
      throw new StatementError(printable(sql), { host: hostPort(host, port), answer: answerOf(cause), cause })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined)
    await connection?.close()
  }
}
