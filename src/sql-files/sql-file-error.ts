import { TiDBError, type TiDBErrorDetails } from '../errors.ts'

/** A place in a file of SQL. */
export interface Place {
  readonly file: string
  /** From 1. */
  readonly line: number
}

/** A file of SQL that can't be read, has something in it that is not supported, or may not run on this server. */
export class SqlFileError extends TiDBError {
  readonly code = 'TIDB_SQL_FILE_INVALID'

  constructor({ file, line }: Place, what: string, details?: TiDBErrorDetails) {
    super(`${file}:${line}: ${what}`, details)
    this.stack = stackAt(this, { file, line })
  }
}

/** A statement of a file of SQL whose result is not the one that is recorded. vitest shows the difference. */
export class SqlResultError extends TiDBError {
  readonly code = 'TIDB_SQL_RESULT_DIFFERS'
  readonly expected: string
  readonly actual: string

  constructor(place: Place, what: string, result: { readonly expected: string; readonly actual: string }) {
    super(what)
    this.expected = result.expected
    this.actual = result.actual
    this.stack = stackAt(this, place)
  }
}

/** Lines of ours say nothing about a file of SQL: reports then show the statement itself. */
export function stackAt({ name, message }: Error, { file, line }: Place): string {
  return `${name}: ${message}\n    at ${file}:${line}:1`
}
