import { ServerError, TiDBError } from './errors.ts'

/** Where else a run may write, in words. */
const ELSEWHERE = 'or point TMPDIR (what a run writes) or TIDB_CACHE_DIR (what is built and kept) at another folder'

/** What to do when no more files or sockets can be opened. */
export const OPEN_FILES =
  'raise the limit of open files and sockets (ulimit -n), or lower TIDB_CONCURRENCY and --maxWorkers'

const WATCHES = 'raise fs.inotify.max_user_watches and fs.inotify.max_user_instances (sysctl), or end what else watches'

/**
 * What to do about a fault of the file system, by its code; undefined if there is nothing to say.
 *
 * @param elsewhere how to use another folder instead, such as `or name another one in TIDB_IMPORT_REPORT_DIR`.
 */
export function faultHint(code: string | undefined, elsewhere = ELSEWHERE): string | undefined {
  switch (code) {
    case 'EMFILE':
    case 'ENFILE':
      return OPEN_FILES
    case 'ENOSPC':
      return `make room on that disk, ${elsewhere}`
    case 'EDQUOT':
      return `make room within the quota of this user, ${elsewhere}`
    case 'EROFS':
      return `mount that file system so that it can be written, ${elsewhere}`
    case 'EACCES':
    case 'EPERM':
      return `allow this user to read and write there, ${elsewhere}`
    case 'ENOTDIR':
    case 'EEXIST':
      return `there is a file where a folder should be: move it, ${elsewhere}`
    case 'EISDIR':
      return `there is a folder where a file should be: move it, ${elsewhere}`
    default:
      return undefined
  }
}

/** Whether an error tells nothing of a file, but that this process can open or write none there. */
export function isFaultOfDisk(error: unknown): boolean {
  const { code = '' } = (error ?? {}) as NodeJS.ErrnoException
  return ['EMFILE', 'ENFILE', 'ENOSPC', 'EDQUOT', 'EROFS'].includes(code)
}

/** A bare error of the file system as one that names the setting; anything else as it is. */
export function explainFileFault(error: unknown): unknown {
  if (error instanceof TiDBError || !(error instanceof Error) || !('syscall' in error)) return error
  const { code, path, syscall } = error as NodeJS.ErrnoException
  const missing =
    code === 'ENOENT' && path?.includes('vitest-tidb-')
      ? 'TMPDIR has to be a folder that exists, and that nothing clears while a run works in it'
      : undefined
  // Linux has limits of its own for these, with the codes of others.
  const watches = syscall === 'watch' && (code === 'ENOSPC' || code === 'EMFILE') ? WATCHES : undefined
  const hint = watches ?? faultHint(code) ?? missing
  return hint === undefined ? error : new ServerError(error.message, { hints: [hint], cause: error })
}

/** Runs what works on files of a run. @throws {ServerError} if the file system refuses, see {@link explainFileFault}. */
export function withFaultsExplained<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explainFileFault(error)
  }
}
