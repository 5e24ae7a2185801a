import { describeReason, HistoryError } from '../errors.ts'
import { faultHint } from '../file-fault.ts'

const OTHER_FOLDER = 'or name another folder in TIDB_IMPORT_HISTORY_DIR'

/** What the file system refused, with the path and what to try. */
export function fileError(what: 'read' | 'append to', path: string, cause: unknown): HistoryError {
  const { code } = cause as NodeJS.ErrnoException
  return new HistoryError(`can't ${what} the history of import jobs in ${path}: ${describeReason(cause)}`, {
    hints: [faultHint(code, OTHER_FOLDER) ?? `see what the system says of ${path}, ${OTHER_FOLDER}`],
    cause,
  })
}
