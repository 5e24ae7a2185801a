import { performance } from '../clock.ts'
import { printable } from '../redact.ts'

/** One statement that a session sent. */
export interface LoggedStatement {
  /** The statement, shortened to 500 characters, with passwords taken out. */
  readonly sql: string
  /** When it was sent. */
  readonly at: Date
  /** The same in ms since 1970, with fractions: what a time line sorts by. */
  readonly started: number
  /** How long the answer took, in ms; undefined while it is under way. */
  readonly durationMs: number | undefined
  /** Rows returned or changed. */
  readonly rows: number | undefined
  /** Number, or symbol if there is no number, of the error that it failed with. */
  readonly error: string | undefined
}

export interface PendingStatement {
  sql: string
  /** By performance.now(). */
  started: number
  durationMs: number | undefined
  rows: number | undefined
  error: string | undefined
}

const KEPT = 20

/** The last statements of one connection: what a failed test's report shows. */
export class StatementLog {
  readonly #statements: PendingStatement[] = []

  /** Notes a statement as sent; the caller fills in how it ended. */
  add(sql: string): PendingStatement {
    const statement: PendingStatement = {
      sql,
      started: performance.now(),
      durationMs: undefined,
      rows: undefined,
      error: undefined,
    }
    if (this.#statements.length === KEPT) this.#statements.shift()
    this.#statements.push(statement)
    return statement
  }

  /** Forgets them all. */
  clear(): void {
    this.#statements.length = 0
  }

  /** The last statements, oldest first. */
  read(): LoggedStatement[] {
    return this.#statements.map(({ sql, started, durationMs, rows, error }) => ({
      sql: printable(sql),
      at: new Date(performance.timeOrigin + started),
      started: performance.timeOrigin + started,
      durationMs,
      rows,
      error,
    }))
  }
}
