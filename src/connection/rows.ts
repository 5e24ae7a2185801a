import type { ResultSetHeader } from 'mysql2'
import type { Backslash } from './bound-values.ts'

/** A row, by column name. */
export type Row = Record<string, unknown>

/** Rows of a result, with what an UPDATE, INSERT or DDL statement reports beside them. */
export type Rows<R> = R[] & {
  /**
   * Rows inserted, deleted, or found by an UPDATE, those that it left as they were included; 0 for a SELECT. TiDB counts
   * one for each row that `on duplicate key update` left as it was, two for one that it changed.
   */
  readonly affectedRows: number
  /** Rows of an UPDATE that are now other than before; 0 for all else. */
  readonly changedRows: number
  /** First AUTO_INCREMENT or AUTO_RANDOM value, 0 if there is none; text if a number would lose digits. */
  readonly insertId: number | string
  /** Warnings of the statement. */
  readonly warningCount: number
  /** The server's own words, such as `Rows matched: 1  Changed: 1  Warnings: 0`. */
  readonly info: string
}

// On the prototype and not on each result: a result equals the plain array of its rows, and costs no more than it.
const rowsPrototype = Object.create(Array.prototype, {
  affectedRows: { get: (): number => 0 },
  changedRows: { get: (): number => 0 },
  insertId: { get: (): number => 0 },
  warningCount: { get: (): number => 0 },
  info: { get: (): string => '' },
}) as object

/** No rows, with what was written: as quick to make as an array, which one with another prototype is not. */
class Written extends Array<never> {
  readonly #header: Partial<ResultSetHeader>

  constructor(header: Partial<ResultSetHeader>) {
    super()
    this.#header = header
  }

  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  get affectedRows(): number {
    return this.#header.affectedRows ?? 0
  }

  get changedRows(): number {
    return this.#header.changedRows ?? 0
  }

  get insertId(): number | string {
    return this.#header.insertId ?? 0
  }

  get warningCount(): number {
    return this.#header.warningStatus ?? 0
  }

  get info(): string {
    return infoText(this.#header.info ?? '')
  }
}

/** TiDB sends the text with its length before it, which the driver takes for its first character. */
export function infoText(info: string): string {
  return info.charCodeAt(0) === info.length - 1 ? info.slice(1) : info
}

/** How the session reads backslashes, by the status that comes with a result without rows; undefined if none came. */
export function backslashAfter(result: unknown): Backslash | undefined {
  const { serverStatus } = (result ?? {}) as Partial<ResultSetHeader>
  if (serverStatus === undefined) return undefined
  return (serverStatus & NO_BACKSLASH_ESCAPES) === 0 ? 'escape' : 'literal'
}

/** https://dev.mysql.com/doc/dev/mysql-server/latest/mysql__com_8h.html : SERVER_STATUS_NO_BACKSLASH_ESCAPES */
const NO_BACKSLASH_ESCAPES = 512

/** The driver's result as rows: those read, or none with what was written. */
export function toRows<R>(result: unknown): Rows<R> {
  if (Array.isArray(result)) return Object.setPrototypeOf(result, rowsPrototype) as Rows<R>
  return new Written(result as Partial<ResultSetHeader>)
}
