import { answerOf } from '../connection/error-codes.ts'
import { driverError } from '../connection/retry.ts'
import { DeadlineError, firstLine, HistoryError, StatementError, TiDBError } from '../errors.ts'

const URL_SETTING = 'TIDB_IMPORT_HISTORY_URL'
const GRANT = `grant the user of ${URL_SETTING} SELECT and INSERT on that table, and CREATE to create it`

const hintsByErrno: Readonly<Record<number, string>> = {
  1044: GRANT,
  1045: `check user and password in ${URL_SETTING}`,
  1142: GRANT,
  1406: 'a name may be 700 characters long in a table: shorten it, or keep the history in a folder',
}
const UNREACHABLE = `check host and port in ${URL_SETTING}, and that a TiDB answers there`

/** What the server, or the way to it, refused, as an error that says so. Errors that do already stay as they are. */
export function tableError(what: 'read' | 'append to', where: string, cause: unknown): unknown {
  const isDriverError = cause instanceof Error && !(cause instanceof TiDBError) && 'code' in cause
  if (!isDriverError && !(cause instanceof StatementError || cause instanceof DeadlineError)) return cause
  const answer = cause instanceof DeadlineError ? { message: firstLine(cause) } : answerOf(driverError(cause))
  const hint = answer.errno === undefined ? UNREACHABLE : hintsByErrno[answer.errno]
  return new HistoryError(`can't ${what} the history of import jobs in ${where}`, {
    answer,
    hints: hint === undefined ? [] : [hint],
    cause,
  })
}
