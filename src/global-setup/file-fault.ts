import { ServerError } from '../errors.ts'

const ELSEWHERE = 'or point TMPDIR (what a run writes) or TIDB_CACHE_DIR (what is built and kept) at another folder'
const FILES = 'raise the limit of open files (ulimit -n), or lower TIDB_CONCURRENCY and --maxWorkers'

const hints = new Map([
  ['EMFILE', FILES],
  ['ENFILE', FILES],
  ['ENOSPC', `make room on that disk, ${ELSEWHERE}`],
  ['EDQUOT', `make room in that quota, ${ELSEWHERE}`],
  ['EROFS', `mount that file system so that it can be written, ${ELSEWHERE}`],
  ['EACCES', `allow this user to write there, ${ELSEWHERE}`],
  ['EPERM', `allow this user to write there, ${ELSEWHERE}`],
])

/** A bare error of the file system as one that names the setting; anything else as it is. */
export function explainFileFault(error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error
  const { code = '', path } = error as NodeJS.ErrnoException
  const missing =
    code === 'ENOENT' && path?.includes('vitest-tidb-') ? 'TMPDIR has to be a folder that exists' : undefined
  const hint = hints.get(code) ?? missing
  return hint === undefined ? error : new ServerError(error.message, { hints: [hint], cause: error })
}
