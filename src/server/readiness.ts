import { existsSync } from 'node:fs'
import { clearTimeout, setTimeout } from '../clock.ts'
import { DeadlineError } from '../errors.ts'
import { logTail } from './log-tail.ts'

export interface Readiness {
  /** What it is called in errors, such as `PD`. */
  readonly name: string
  /** Resolves once it serves, as its own answers say; the signal fires when nobody wants to know any more. */
  readonly ready: (over: AbortSignal) => Promise<unknown>
  /** Rejects if it can't serve any more. */
  readonly failed: Promise<never>
  readonly logFile: string
  readonly startTimeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** Waits until a program serves. @throws {DeadlineError} with the end of its log if it never does; what `failed` rejects with. */
export async function serves({ name, ready, failed, logFile, startTimeoutMs, signal }: Readiness): Promise<void> {
  signal?.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => undefined)
  const timer = setTimeout(
    () =>
      reject(
        new DeadlineError(`${name} to answer\n${indentedTail(logFile)}`, startTimeoutMs, {
          hints: ['TIDB_START_TIMEOUT_MS is this deadline'],
        }),
      ),
    startTimeoutMs,
  )
  const onAbort = () => reject(signal?.reason as Error)
  const over = new AbortController()
  signal?.addEventListener('abort', onAbort, { once: true })
  const serving = ready(over.signal)
  // What it fails with after that interests nobody.
  serving.catch(() => undefined)
  try {
    await Promise.race([serving, promise, failed])
  } finally {
    over.abort()
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

/** The end of a log as it stands below an error; empty if nothing was ever written to it. */
export function indentedTail(logFile: string): string {
  if (!existsSync(logFile)) return ''
  return (logTail(logFile) ?? '').replace(/^/gm, '  ')
}
