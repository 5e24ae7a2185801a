import { performance } from '../clock.ts'
import type { Querier } from '../connection/ask.ts'
import { isLost } from '../connection/error-codes.ts'
import type { StatementOptions, Value } from '../connection/connection.ts'
import type { Row, Rows } from '../connection/rows.ts'
import { deadlineMs } from '../duration.ts'
import { CheckError, DeadlineError, firstLine } from '../errors.ts'
import { printable } from '../redact.ts'
import { onlyReads } from './read-only.ts'

/** What a check cost the cluster. */
export interface Cost {
  readonly statements: number
  /** From its begin to its end, in ms. */
  readonly ms: number
}

export interface SessionOptions {
  readonly check: string
  /** What is left of the check's deadline, in ms. */
  readonly withinMs: number
  readonly signal?: AbortSignal | undefined
  readonly onStatement?: ((statement: CheckStatement) => void) | undefined
}

/** A statement of a check, for those who want to see what is sent. */
export interface CheckStatement {
  readonly check: string
  /** Fit to print. */
  readonly sql: string
  readonly ms: number
  readonly rows?: number
  readonly error?: string
}

/** What a check reads through: it sends nothing that may write, and each statement has what is left of the deadline. */
export class CheckSession implements Querier {
  readonly #session: Querier
  readonly #options: SessionOptions
  readonly #begin = performance.now()
  #statements = 0
  #wasLost = false

  constructor(session: Querier, options: SessionOptions) {
    this.#session = session
    this.#options = options
  }

  /** Whether a statement found the connection gone. */
  get wasLost(): boolean {
    return this.#wasLost
  }

  get cost(): Cost {
    return { statements: this.#statements, ms: performance.now() - this.#begin }
  }

  /**
   * Sends a statement that reads: SELECT, SHOW, EXPLAIN, ADMIN SHOW.
   *
   * @throws {CheckError} if it may do more: it is not sent. {DeadlineError} once the deadline of the check has passed.
   */
  async query<R extends object = Row>(
    sql: string,
    values?: readonly Value[],
    options: StatementOptions = {},
  ): Promise<Rows<R>> {
    const { check, withinMs, signal, onStatement } = this.#options
    const text = printable(sql)
    if (!onlyReads(sql)) {
      throw new CheckError(check, `it would send what may write, and was stopped: ${text}`, {
        hints: ['a check only reads: SELECT, SHOW, EXPLAIN, ADMIN SHOW'],
      })
    }
    const begin = performance.now()
    const left = withinMs - (begin - this.#begin)
    if (left <= 0) throw new DeadlineError(`the check ${check}`, withinMs)
    this.#statements += 1
    const tell = (end: { rows?: number; error?: string }) =>
      onStatement?.({ check, sql: text, ms: performance.now() - begin, ...end })
    try {
      const within = Math.min(left, deadlineMs(options.within ?? left))
      const signals = [signal, options.signal].filter((one) => one !== undefined)
      const both = signals.length < 2 ? signals[0] : AbortSignal.any(signals)
      const rows = await this.#session.query<R>(sql, values, { ...options, within, signal: both })
      tell({ rows: rows.length })
      return rows
    } catch (error) {
      this.#wasLost ||= isLost(error)
      tell({ error: firstLine(error) })
      throw error
    }
  }
}
