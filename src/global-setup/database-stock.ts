import { rmSync, watch, type FSWatcher } from 'node:fs'
import { join } from 'node:path'
import { TiDBConnection, type Address } from '../connection/connection.ts'
import { dropDatabases } from '../connection/drop-databases.ts'
import { quoteName } from '../connection/name.ts'
import { StatementError, TiDBError } from '../errors.ts'
import type { Shelf, StockFolder } from './stock-folder.ts'

/** A database for tests could not be made. */
export class DatabaseStockError extends TiDBError {
  readonly code = 'TIDB_DATABASE_STOCK'
}

/** How many databases are kept ready: how many at first, and how many at most. */
export interface StockSize {
  readonly first: number
  readonly most: number
}

/**
 * Keeps empty databases ready, so that a test does not wait for DDL: fills the stock in the background, looks at what
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
    this.#connection = await TiDBConnection.open(this.#address, { name: 'database stock' })
    for (const shelf of ['ready', 'returned', 'dirty'] as const) {
      this.#watchers.push(watch(this.#folder.shelf(shelf), { persistent: false }, () => this.#ask()))
    }
    this.#ask()
  }

  /**
   * Makes a first database at once, which proves the rights to do so.
   *
   * @throws {DatabaseStockError} where the user may not create databases.
   */
  async prove(): Promise<void> {
    await this.#work
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Drops every database of this run, once those under way are done. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const watcher of this.#watchers) watcher.close()
    await this.#work
    const connection = this.#connection
    if (connection === undefined) return
    try {
      // By the server's own list, which also has databases that a killed worker made.
      await dropDatabases(connection, this.#prefix)
    } finally {
      await connection.close()
    }
  }

  /** Leaves everything as it is: for a server that ends now. */
  abandon(): void {
    this.#stopped = true
    for (const watcher of this.#watchers) watcher.close()
    this.#connection?.destroy()
  }

  /** How many are to be ready now: few at first, and more where tests take them. */
  get #wanted(): number {
    const { first, most } = this.#size
    const taken = this.#made - this.#folder.list('ready').length
    return Math.min(most, first + 2 * taken)
  }

  /** Asks for one more round of work; rounds never run side by side. */
  #ask(): void {
    if (this.#asked || this.#stopped) return
    this.#asked = true
    this.#work = this.#work.then(() => {
      this.#asked = false
      return this.#round().catch((error: unknown) => {
        // Workers make databases of their own while the stock is empty, and fail by name where they can't.
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
      await this.#drop(name)
      this.#remove(name, 'dirty')
    }
    if (!this.#stopped && this.#folder.list('dirty').length > 0) this.#ask()
  }

  async #make(): Promise<void> {
    this.#made += 1
    const name = `${this.#prefix}${this.#made}`
    await createDatabase(this.#open(), name)
    this.#folder.put(name, 'ready')
  }

  async #drop(name: string): Promise<void> {
    await this.#open().query(`drop database if exists ${quoteName(name)}`)
  }

  /** No table, view or sequence in it, nobody connected to it, and the properties it was made with. */
  async #isUntouched(name: string): Promise<boolean> {
    const [row] = await this.#open().query<{ tables: number; sessions: number; made: number }>(
      `select (select count(*) from information_schema.tables where table_schema = ?) as tables,
        (select count(*) from information_schema.processlist where db = ?) as sessions,
        (select count(*) from information_schema.schemata where schema_name = ?
          and default_collation_name = @@collation_server and tidb_placement_policy_name is null) as made`,
      [name, name, name],
    )
    return row?.tables === 0 && row.sessions === 0 && row.made === 1
  }

  #remove(name: string, shelf: Shelf): void {
    rmSync(join(this.#folder.shelf(shelf), name), { force: true })
  }

  #open(): TiDBConnection {
    if (this.#connection === undefined) throw new TypeError('the database stock was not started')
    return this.#connection
  }
}

/** @throws {DatabaseStockError} that says what to do about it. */
export async function createDatabase(connection: TiDBConnection, name: string): Promise<void> {
  try {
    await connection.query(`create database ${quoteName(name)}`)
  } catch (error) {
    if (!(error instanceof StatementError)) throw error
    const { host, answer, cause } = error
    throw new DatabaseStockError(`no database could be created for a test at ${host} as ${connection.address.user}`, {
      host,
      answer,
      hints: ['grant the user CREATE and DROP, or set TIDB_DATABASE_PER_TEST=false for specs that only read'],
      cause,
    })
  }
}
