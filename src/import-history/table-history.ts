import { createHash } from 'node:crypto'
import { TiDBConnection, type Value } from '../connection/connection.ts'
import { hostPort } from '../host-port.ts'
import { quoteName } from '../quote-name.ts'
import { isTransient } from '../connection/retry.ts'
import type { Rows } from '../connection/rows.ts'
import { HistoryError } from '../errors.ts'
import type { ImportSummary } from '../import-jobs/import-record.ts'
import { ensureTable, TABLE } from './history-table.ts'
import type { HistoryAddress } from './history-url.ts'
import type { HistoryOptions, HistoryRead, HistoryReadOptions, ImportHistory } from './import-history.ts'
import { leftOut } from './left-out.ts'
import { believedUntil, Newest } from './newest.ts'
import { FORMAT, fromLine, toLine } from './record-line.ts'
import { tableError } from './table-error.ts'

const UNKNOWN_DATABASE = 1049
const DUPLICATE = 1062
/** Rows asked for at once beyond those that are wanted: some jobs were watched more than once. */
const SPARE_ROWS = 20

interface StoredRow {
  readonly id: string
  readonly time: string
  readonly line: string
}

/** A history in the table `import_history` of a TiDB. See docs/import-history.md. */
export class TableHistory implements ImportHistory {
  readonly #address: HistoryAddress
  #connection: TiDBConnection | undefined
  #dialling: Promise<TiDBConnection> | undefined

  constructor(address: HistoryAddress) {
    this.#address = address
  }

  async append(summary: ImportSummary, { signal }: HistoryOptions = {}): Promise<void> {
    const line = toLine(summary)
    const id = createHash('sha256').update(line).digest('hex')
    const values = [id, FORMAT, summary.name, toDatetime(Date.parse(summary.at)), summary.outcome, line]
    try {
      await this.#ask(
        'append to',
        `insert into ${TABLE} (id, v, name, at, outcome, record) values (?, ?, ?, ?, ?, ?)`,
        values,
        signal,
      )
    } catch (error) {
      // Sent again after a lost connection, it is there already. INSERT IGNORE would let pass what was cut short, and ON
      // DUPLICATE KEY wants the right to change rows.
      if (!(error instanceof HistoryError && error.errno === DUPLICATE)) throw error
    }
  }

  async last(name: string, count: number, options: HistoryReadOptions = {}): Promise<HistoryRead> {
    const newest = new Newest(name, count, options)
    const faults: string[] = []
    const limit = toDatetime(believedUntil())
    // What is dated in the future comes last, as in Newest.
    for (const range of ['at <= ?', 'at > ?']) {
      let from: StoredRow | undefined
      do {
        const rows = await this.#page(name, count + SPARE_ROWS, { range, limit, from }, options)
        for (const { id, line } of rows) {
          const read = fromLine(line)
          if ('fault' in read) faults.push(`${this.describe()}: row ${id} ${read.fault}`)
          else newest.add(read)
        }
        from = rows.length === count + SPARE_ROWS ? rows.at(-1) : undefined
      } while (from !== undefined && !newest.full)
      if (newest.full) break
    }
    return { summaries: newest.summaries(), warnings: leftOut(faults, this.describe()) }
  }

  describe(): string {
    const { host, port, database } = this.#address
    return `the table ${quoteName(database)}.${TABLE} at ${hostPort(host, port)}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dialling?.catch(() => undefined)
    await this.#connection?.close()
  }

  #page(
    name: string,
    rows: number,
    { range, limit, from }: { range: string; limit: string; from: StoredRow | undefined },
    { outcome, signal }: HistoryReadOptions,
  ): Promise<Rows<StoredRow>> {
    const conditions = ['name = ?', range]
    const values: Value[] = [name, limit]
    if (outcome !== undefined) {
      conditions.push('outcome = ?')
      values.push(outcome)
    }
    if (from !== undefined) {
      conditions.push('(at < ? or at = ? and id < ?)')
      values.push(from.time, from.time, from.id)
    }
    const sql = `select id, cast(at as char) as time, cast(record as char) as line from ${TABLE}
      where ${conditions.join(' and ')} order by at desc, id desc limit ${rows}`
    return this.#ask<StoredRow>('read', sql, values, signal)
  }

  async #ask<R extends object>(
    what: 'read' | 'append to',
    sql: string,
    values: readonly Value[],
    signal: AbortSignal | undefined,
  ): Promise<Rows<R>> {
    const send = async () => (await this.#connected()).query<R>(sql, values, { signal })
    try {
      return await send().catch((error: unknown) => {
        // Both statements may be sent twice.
        if (signal?.aborted || !isTransient(error, 'dial')) throw error
        return send()
      })
    } catch (error) {
      throw tableError(what, this.describe(), error)
    }
  }

  #connected(): Promise<TiDBConnection> {
    if (this.#connection?.closed === false) return Promise.resolve(this.#connection)
    this.#dialling ??= this.#dial().finally(() => (this.#dialling = undefined))
    return this.#dialling
  }

  async #dial(): Promise<TiDBConnection> {
    const connection = await this.#openDatabase()
    try {
      await ensureTable((sql, values) => connection.query(sql, values), this.describe())
    } catch (error) {
      await connection.close()
      throw error
    }
    this.#connection = connection
    return connection
  }

  async #openDatabase(): Promise<TiDBConnection> {
    const { database, ...address } = this.#address
    const name = 'import history'
    try {
      return await TiDBConnection.open(address, { name, database })
    } catch (error) {
      if ((error as { errno?: number }).errno !== UNKNOWN_DATABASE) throw error
    }
    const connection = await TiDBConnection.open(address, { name })
    try {
      for (const what of ['create database if not exists', 'use']) {
        await connection.query(`${what} ${quoteName(database)}`)
      }
      return connection
    } catch (error) {
      await connection.close()
      throw error
    }
  }
}

/** A moment as DATETIME in UTC. */
function toDatetime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '')
}
