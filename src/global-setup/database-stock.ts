import { rmSync, watch, type FSWatcher } from 'node:fs'
import { join } from 'node:path'
import { clearTimeout, setTimeout } from '../clock.ts'
import { TiDBConnection, type Address } from '../connection/connection.ts'
import { dropDatabase, dropDatabases } from '../connection/drop-databases.ts'
import { answerOf } from '../connection/error-codes.ts'
import { hintsAt } from '../connection/started-servers.ts'
import { hostPort } from '../host-port.ts'
import { quoteName } from '../quote-name.ts'
import { driverError, retried } from '../connection/retry.ts'
import { DeadlineError, firstLine, TiDBError } from '../errors.ts'
import type { Shelf, StockFolder } from './stock-folder.ts'

/** A database for tests could not be made, or not be dropped. */
export class DatabaseStockError extends TiDBError {
  readonly code = 'TIDB_DATABASE_STOCK'
}

const RETRIES = 3
/** vitest ends the process 10 s after its tests, whatever is under way: what is left has to be reported by then, in ms. */
const STOP_WITHIN_MS = 7_000
const NO_RIGHT = [1044, 1045, 1142, 1227]

/** How many databases are kept ready: how many at first, and how many at most. */
export interface StockSize {
  readonly first: number
  readonly most: number
}

/**
 * Keeps empty databases ready, so that a test does not wait for DDL: fills the stock in the background, checks what
 * comes back untouched, and drops the rest.
 */
export class DatabaseStock {
  readonly #folder: StockFolder
  readonly #address: Address
  readonly #prefix: string
  readonly #size: StockSize
  #connection: TiDBConnection | undefined
  readonly #watchers: FSWatcher[] = []
  #made = 0
  #work: Promise<void> = Promise.resolve()
  #asked = false
  #stopped = false
  readonly #given = new AbortController()
  #failure: unknown

  constructor(folder: StockFolder, address: Address, prefix: string, size: StockSize) {
    this.#folder = folder
    this.#address = address
    this.#prefix = prefix
    this.#size = size
  }

  /** Begins to fill the stock in the background. */
  async start(): Promise<void> {
    this.#folder.create()
    try {
      await this.#ask(() => Promise.resolve())
    } catch (error) {
      throw stockError('the database stock could not connect', this.#address, error)
    }
    for (const shelf of ['ready', 'returned', 'dirty'] as const) {
      this.#watchers.push(watch(this.#folder.shelf(shelf), { persistent: false }, () => this.#plan()))
    }
    this.#plan()
  }

  /**
   * Makes a first database at once, which proves the rights to do so.
   *
   * @throws {DatabaseStockError} if the user may not create databases.
   */
  async prove(): Promise<void> {
    await this.#work
    if (this.#failure !== undefined) throw this.#failure
  }

  /**
   * Drops every database of this run, once those under way are done.
   *
   * @throws {DatabaseStockError} that names those that are still there.
   */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const watcher of this.#watchers) watcher.close()
    const left = new Set(this.#folder.all())
    const timer = setTimeout(() => this.#giveUp(), STOP_WITHIN_MS)
    try {
      await this.#work
      // By the server's own list, which also has databases that a killed worker made.
      await this.#ask((connection) => dropDatabases(connection, this.#prefix, left))
      await this.#connection?.close()
    } catch (error) {
      this.#connection?.destroy()
      const { signal } = this.#given
      throw leftBehind(left, this.#prefix, this.#address, signal.aborted ? signal.reason : error)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Leaves everything as it is: for a server that ends now. */
  abandon(): void {
    this.#stopped = true
    for (const watcher of this.#watchers) watcher.close()
    this.#connection?.destroy()
  }

  /** How many should be ready now: few at first, and more when tests take them. */
  get #wanted(): number {
    const { first, most } = this.#size
    const taken = this.#made - this.#folder.list('ready').length
    return Math.min(most, first + 2 * taken)
  }

  /** Plans one more round of work; rounds never run side by side. */
  #plan(): void {
    if (this.#asked || this.#stopped) return
    this.#asked = true
    this.#work = this.#work.then(() => {
      this.#asked = false
      return this.#round().catch((error: unknown) => {
        // Workers make databases of their own while the stock is empty, and fail by name if they can't.
        this.#failure ??= error
      })
    })
  }

  async #round(): Promise<void> {
    for (const name of this.#folder.list('returned')) {
      if (this.#stopped) return
      const clean = await this.#isUntouched(name)
      this.#folder.move(name, 'returned', clean ? 'ready' : 'dirty')
    }
    while (!this.#stopped && this.#folder.list('ready').length < this.#wanted) await this.#make()
    for (const name of this.#folder.list('dirty')) {
      // A test that waits for a database goes before the clean-up after one.
      if (this.#stopped || this.#folder.list('ready').length < this.#wanted / 2) break
      await this.#ask((connection) => dropDatabase(connection, name))
      this.#remove(name, 'dirty')
    }
    if (!this.#stopped && this.#folder.list('dirty').length > 0) this.#plan()
  }

  async #make(): Promise<void> {
    this.#made += 1
    const name = `${this.#prefix}${this.#made}`
    await createDatabase(this.#address, name, (sql) => this.#ask((connection) => connection.query(sql)))
    this.#folder.put(name, 'ready')
  }

  /** No table, view or sequence in it, nobody connected to it, and the properties it was made with. */
  async #isUntouched(name: string): Promise<boolean> {
    const sql = `select (select count(*) from information_schema.tables where table_schema = ?) as tables,
        (select count(*) from information_schema.processlist where db = ?) as sessions,
        (select count(*) from information_schema.schemata where schema_name = ?
          and default_collation_name = @@collation_server and tidb_placement_policy_name is null) as made`
    const [row] = await this.#ask((connection) =>
      connection.query<{ tables: number; sessions: number; made: number }>(sql, [name, name, name]),
    )
    return row?.tables === 0 && row.sessions === 0 && row.made === 1
  }

  #remove(name: string, shelf: Shelf): void {
    rmSync(join(this.#folder.shelf(shelf), name), { force: true })
  }

  /** Work on the connection, which is dialled again when it was lost: all that is asked may be asked twice. */
  #ask<T>(work: (connection: TiDBConnection) => Promise<T>): Promise<T> {
    const { signal } = this.#given
    return retried(async () => work(await this.#connected(signal)), { scope: 'dial', most: RETRIES, signal })
  }

  async #connected(signal: AbortSignal): Promise<TiDBConnection> {
    if (this.#connection?.closed !== false) {
      this.#connection = await TiDBConnection.open(this.#address, { name: 'database stock', signal })
    }
    return this.#connection
  }

  /** Ends whatever is under way, and all that would follow. */
  #giveUp(): void {
    this.#given.abort(new DeadlineError('the databases of this run to be dropped', STOP_WITHIN_MS))
    this.#connection?.destroy()
  }
}

/**
 * @param query sends the statement; it may do so twice.
 * @throws {DatabaseStockError} that says what to do about it.
 */
export async function createDatabase(
  address: Address,
  name: string,
  query: (sql: string) => Promise<unknown>,
): Promise<void> {
  try {
    // Nobody else makes one of that name: if it is there, the answer to a first attempt was lost.
    await query(`create database if not exists ${quoteName(name)}`)
  } catch (error) {
    throw stockError('no database could be created for a test', address, error)
  }
}

function stockError(what: string, { host, port, user }: Address, cause: unknown): TiDBError {
  if (cause instanceof TiDBError && cause.answer === undefined) return cause
  const answer = answerOf(driverError(cause))
  const place = hostPort(host, port)
  const refused = answer.errno !== undefined && NO_RIGHT.includes(answer.errno)
  return new DatabaseStockError(`${what} at ${place} as ${user}`, {
    host: place,
    answer,
    hints: refused
      ? ['grant the user CREATE and DROP, or set TIDB_DATABASE_PER_TEST=false for specs that only read']
      : hintsAt(place, answer),
    cause,
  })
}

function leftBehind(left: ReadonlySet<string>, prefix: string, address: Address, cause: unknown): DatabaseStockError {
  const names = left.size === 0 ? `those that begin with ${prefix}` : [...left].join(', ')
  const host = hostPort(address.host, address.port)
  return new DatabaseStockError(`databases of this run could not be dropped at ${host}: ${names}`, {
    host,
    answer: cause instanceof TiDBError ? cause.answer : answerOf(cause),
    hints: [
      `see why: ${firstLine(cause)}`,
      'dropping them is tried once more after the run; drop what remains by hand',
    ],
    cause,
  })
}
