import type { LockOptions } from 'proper-lockfile'
import { delay, performance } from '../clock.ts'
import { DeadlineError } from '../errors.ts'

const LOOK_EVERY_MS = 200
// A holder that died stops refreshing its lock: after this long, it is taken over.
const OPTIONS: LockOptions = { stale: 15_000, update: 3_000, realpath: false }

export interface LockWait {
  readonly withinMs: number
  /** What the holder is doing, for the error: `another process to build tidb-server`. */
  readonly waitedFor: string
  readonly signal?: AbortSignal | undefined
  /** Told once, when there is a wait at all. */
  readonly onWait?: (() => void) | undefined
}

/** Does work while no other process of this machine does the same on the same path. */
export async function withLock<T>(
  path: string,
  { withinMs, waitedFor, signal, onWait }: LockWait,
  work: () => Promise<T>,
): Promise<T> {
  // Loaded where something is to be built: most runs find it there.
  const { lock } = await import('proper-lockfile')
  const deadline = performance.now() + withinMs
  let told = false
  for (;;) {
    signal?.throwIfAborted()
    let release: (() => Promise<void>) | undefined
    try {
      release = await lock(path, OPTIONS)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error
    }
    if (release !== undefined) {
      try {
        return await work()
      } finally {
        await release()
      }
    }
    if (!told) onWait?.()
    told = true
    if (performance.now() > deadline) {
      throw new DeadlineError(waitedFor, withinMs, { hints: [`see who holds ${path}.lock`] })
    }
    await delay(LOOK_EVERY_MS, undefined, { signal })
  }
}
