import type { LockOptions } from 'proper-lockfile'
import { delay, performance } from '../clock.ts'
import { DeadlineError, ServerError } from '../errors.ts'

const LOOK_EVERY_MS = 200
/** A holder that died no longer refreshes its lock: after this long, in ms, it is taken over. */
export const STALE_AFTER_MS = 15_000
const OPTIONS: LockOptions = { stale: STALE_AFTER_MS, update: 1_000, realpath: false }

export interface FolderLockOptions {
  readonly withinMs: number
  /** What the holder is doing, for the error: `another process to build tidb-server`. */
  readonly waitedFor: string
  readonly signal?: AbortSignal | undefined
  /** Told once, when there is a wait at all. */
  readonly onWait?: (() => void) | undefined
}

/**
 * Does work while no other process of this machine does the same on the same path.
 *
 * @param work is given a signal that fires if the lock is lost while it runs: somebody removed it, or the machine slept
 *   and another process took it over.
 */
export async function withLock<T>(
  path: string,
  { withinMs, waitedFor, signal, onWait }: FolderLockOptions,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T> {
  // Loaded only when something has to be built: most runs find it there.
  const { lock } = await import('proper-lockfile')
  const deadline = performance.now() + withinMs
  const lost = new AbortController()
  let reported = false
  for (;;) {
    signal?.throwIfAborted()
    let release: (() => Promise<void>) | undefined
    try {
      const onCompromised = (cause: Error) => lost.abort(lockLost(path, cause))
      release = await lock(path, { ...OPTIONS, onCompromised })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error
    }
    if (release !== undefined) {
      try {
        return await work(lost.signal)
      } finally {
        // One that was lost is nobody's to release.
        if (!lost.signal.aborted) await release().catch(() => undefined)
      }
    }
    if (!reported) onWait?.()
    reported = true
    if (performance.now() > deadline) {
      throw new DeadlineError(waitedFor, withinMs, { hints: [`see who holds ${path}.lock`] })
    }
    await delay(LOOK_EVERY_MS, undefined, { signal })
  }
}

function lockLost(path: string, cause: Error): ServerError {
  return new ServerError(`the lock ${path}.lock was lost while this process held it: ${cause.message}`, {
    hints: ['run again: the lock was removed, or the machine slept for longer than it lasts'],
    cause,
  })
}
