import { innodbLockWaits } from './innodb-lock-waits.ts'
import { TiDBConnection, type Address } from './connection.ts'
import type { LockWait, LockWaitSource, RunningStatement } from './lock-wait.ts'
import { deadlocksOf, type Deadlock } from './deadlocks.ts'
import { rowLockers } from './row-lockers.ts'
import { tidbLockWaits } from './tidb-lock-waits.ts'

/** Which of some statements wait for a lock, as the server tells. Asks over a connection of its own. */
export class LockWaits implements AsyncDisposable {
  readonly #open: () => Promise<TiDBConnection>
  readonly #status: string | undefined
  #connection: Promise<TiDBConnection> | undefined
  #source: Promise<LockWaitSource> | undefined

  private constructor(open: () => Promise<TiDBConnection>, status: string | undefined) {
    this.#open = open
    this.#status = status
  }

  /** Asks as whoever connects to that address, and over its status port where that is known. */
  static at(address: Address, statusPort: number | undefined): LockWaits {
    const status = statusPort === undefined ? undefined : `http://${address.host}:${statusPort}`
    return new LockWaits(() => TiDBConnection.open(address, { name: 'lock waits' }), status)
  }

  /** Pause between two looks, in ms. */
  async everyMs(): Promise<number> {
    return (await this.#sourceOf(await this.#connect())).everyMs
  }

  /** One look. @throws {StatementError} where the server does not answer. */
  async of(statements: readonly RunningStatement[]): Promise<LockWait[]> {
    const connection = await this.#connect()
    const { look } = await this.#sourceOf(connection)
    return look(connection, statements)
  }

  /**
   * The same wait with fewer holders, where several may be: those that hold locks on the very rows. It costs a request
   * for each row, and is for where it matters who holds.
   */
  async narrow(wait: LockWait): Promise<LockWait> {
    const { connectionId, certain, holders } = wait
    if (certain || holders.length < 2 || this.#status === undefined) return wait
    const connection = await this.#connect()
    const lockers = await rowLockers(connection, this.#status, connectionId)
    if (lockers === undefined) return wait
    const open = await connection.query<{ trx: string; id: number }>(
      'select cast(id as char) as trx, session_id as id from information_schema.tidb_trx',
    )
    const narrowed = open.filter(({ trx, id }) => lockers.has(trx) && holders.includes(id)).map(({ id }) => id)
    return narrowed.length === 0 ? wait : { ...wait, holders: narrowed, certain: true }
  }

  /** The last deadlocks that the server remembers; undefined where it keeps no history of them. */
  async deadlocks(): Promise<Deadlock[] | undefined> {
    return deadlocksOf(await this.#connect())
  }

  /** Number of the transaction that a connection has open; undefined where it has none. */
  async transactionOf(connectionId: number): Promise<string | undefined> {
    const connection = await this.#connect()
    const [row] = await connection.query<{ id: string }>(
      'select id from information_schema.tidb_trx where session_id = ?',
      [connectionId],
    )
    return row && String(row.id)
  }

  /** The digest by which the server tells statements apart whatever their values. */
  async digestOf(sql: string): Promise<string> {
    const connection = await this.#connect()
    const [row] = await connection.query<{ digest: string }>('select tidb_encode_sql_digest(?) as digest', [sql])
    return row?.digest ?? ''
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    await (await connection?.catch(() => undefined))?.close()
  }

  async #connect(): Promise<TiDBConnection> {
    if (this.#connection !== undefined) {
      const connection = await this.#connection
      if (!connection.closed) return connection
    }
    this.#source = undefined
    this.#connection = this.#open()
    return this.#connection
  }

  #sourceOf(connection: TiDBConnection): Promise<LockWaitSource> {
    return (this.#source ??= sourceFor(connection))
  }
}

async function sourceFor(connection: TiDBConnection): Promise<LockWaitSource> {
  const [row] = await connection.query<{ version: string }>('select version() as version')
  const version = row?.version ?? ''
  return version.includes('TiDB') ? tidbLockWaits(connection) : innodbLockWaits(version)
}
