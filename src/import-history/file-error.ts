import { describeReason, HistoryError } from '../errors.ts'

const OTHER_FOLDER = 'or name another folder in TIDB_IMPORT_HISTORY_DIR'

const hintsByCode: Readonly<Record<string, string>> = {
  ENOSPC: `make room on that disk, ${OTHER_FOLDER}`,
  EDQUOT: `make room within the quota of this user, ${OTHER_FOLDER}`,
  EACCES: `allow this user to read and write there, ${OTHER_FOLDER}`,
  EPERM: `allow this user to read and write there, ${OTHER_FOLDER}`,
  EROFS: `mount that file system so that it can be written, ${OTHER_FOLDER}`,
  ENOTDIR: `there is a file where a folder should be: move it, ${OTHER_FOLDER}`,
  EEXIST: `there is a file where a folder should be: move it, ${OTHER_FOLDER}`,
  EISDIR: `there is a folder where a file should be: move it, ${OTHER_FOLDER}`,
}

/** What the file system refused, with the path and what to try. */
export function fileError(what: 'read' | 'append to', path: string, cause: unknown): HistoryError {
  const { code = '' } = cause as NodeJS.ErrnoException
  return new HistoryError(`can't ${what} the history of import jobs in ${path}: ${describeReason(cause)}`, {
    hints: [hintsByCode[code] ?? `see what the system says about ${path}, ${OTHER_FOLDER}`],
    cause,
  })
}
