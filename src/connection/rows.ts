import type { ResultSetHeader } from 'mysql2'

/** A row, by column name. */
export type Row = Record<string, unknown>

/** Rows of a result, with what an UPDATE, INSERT or DDL statement reports beside them. */
export type Rows<R> = R[] & {
  /** Rows changed; 0 for a SELECT. */
  readonly affectedRows: number
  /** First AUTO_INCREMENT or AUTO_RANDOM value, 0 where there is none; text where a number would lose digits. */
  readonly insertId: number | string
  /** Warnings of the statement. */
  readonly warningCount: number
  /** The server's own words, such as `Rows matched: 1  Changed: 1  Warnings: 0`. */
  readonly info: string
}

const HEADER = Symbol('header')

interface Header {
  readonly [HEADER]?: Partial<ResultSetHeader>
}

// On the prototype and not on each result: a result equals the plain array of its rows, and costs no more than it.
const rowsPrototype = Object.create(Array.prototype, {
  affectedRows: { get: (): number => 0 },
  insertId: { get: (): number => 0 },
  warningCount: { get: (): number => 0 },
  info: { get: (): string => '' },
}) as object
const writtenPrototype = Object.create(Array.prototype, {
  affectedRows: { get: headerOf('affectedRows', 0) },
  insertId: { get: headerOf('insertId', 0) },
  warningCount: { get: headerOf('warningStatus', 0) },
  info: { get: headerOf('info', '') },
}) as object

function headerOf(name: keyof ResultSetHeader, fallback: number | string) {
  return function read(this: Header) {
    return this[HEADER]?.[name] ?? fallback
  }
}

/** The driver's result as rows: those read, or none with what was written. */
export function toRows<R>(result: unknown): Rows<R> {
  if (Array.isArray(result)) return Object.setPrototypeOf(result, rowsPrototype) as Rows<R>
  const rows = Object.setPrototypeOf([], writtenPrototype) as Rows<R>
  return Object.defineProperty(rows, HEADER, { value: result })
}
