import type { Refusal } from '../connection/text-connection.ts'
import { firstLine, StatementError, TiDBError, type TiDBErrorDetails } from '../errors.ts'

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

/** How clients of MySQL call a connection that is lost with a statement. */
export const SERVER_LOST: Refusal = {
  errno: 2013,
  code: 'CR_SERVER_LOST',
  sqlState: 'HY000',
  message: 'Lost connection to server during query',
}

/** The same, and that of one that was lost before. */
export const CONNECTION_LOST: readonly Refusal[] = [
  SERVER_LOST,
  { errno: 2006, code: 'CR_SERVER_GONE_ERROR', sqlState: 'HY000', message: 'Server has gone away' },
]

/** A statement that got no answer: its connection is lost, or it was given up. */
export function unanswered(place: Place, statement: string, cause: TiDBError): SqlFileError {
  const what = cause instanceof StatementError ? 'the connection is lost with this statement' : firstLine(cause)
  const { host, answer, hints } = cause
  return new SqlFileError(place, `${what}: ${statement}`, { host, answer, hints, cause })
}

/** What reaches beyond the server needs the word of the user: a file of SQL is often somebody else's. @throws {SqlFileError} */
export function demandAllowed(allowExec: boolean, place: Place, what: string): void {
  if (allowExec) return
  throw new SqlFileError(place, `${what}, which is not allowed`, {
    hints: ['allow it with sqlFiles: { allowExec: true } in the plugin’s options, if you trust the file'],
  })
}

/** A statement of a file of SQL whose result is not the one that is recorded. vitest shows the difference. */
export class SqlResultError extends TiDBError {
  readonly code = 'TIDB_SQL_RESULT_DIFFERS'
  readonly expected: string
  readonly actual: string

  constructor(
    place: Place,
    what: string,
    { expected, actual }: { readonly expected: string; readonly actual: string },
    hints: readonly string[] = [],
  ) {
    super(what, { hints })
    this.expected = expected
    this.actual = actual
    this.stack = stackAt(this, place)
  }
}

/** Lines of ours say nothing about a file of SQL: reports then show the statement itself. */
export function stackAt({ name, message }: Error, { file, line }: Place): string {
  return `${name}: ${message}\n    at ${file}:${line}:1`
}
