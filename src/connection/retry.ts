import { delay } from '../clock.ts'
import { answerOf, permanence } from './error-codes.ts'

/** Which failures are tried again: `dial` includes a lost connection, `statement` does not. */
export type RetryScope = 'dial' | 'statement' | 'never'

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 2_000

/** How often something is tried again whose failures are of a scope. */
export interface Retries {
  readonly scope: Exclude<RetryScope, 'never'>
  /** Attempts after the first. */
  readonly most: number
  /** Ends the pauses, and with them the attempts. */
  readonly signal?: AbortSignal | undefined
}

/** Does work, and again after a transient failure: exponential back-off from 50 ms to 2 s, with jitter. */
export async function retried<T>(work: () => Promise<T>, retries: Retries): Promise<T> {
  try {
    return await work()
  } catch (error) {
    return triedAgain(error, work, retries)
  }
}

/** The same, for work whose first attempt was made and failed. */
export async function triedAgain<T>(failure: unknown, work: () => Promise<T>, retries: Retries): Promise<T> {
  const { scope, most, signal } = retries
  let error = failure
  for (let attempt = 0; attempt < most && isTransient(error, scope); attempt += 1) {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt)
    // Between half of it and all: sessions that failed together do not come back together.
    const paused = await delay(longest * (0.5 + Math.random() / 2), true, { signal }).catch(() => false)
    if (!paused) break
    try {
      return await work()
    } catch (again) {
      error = again
    }
  }
  throw error
}

/** Whether a failure may pass by itself, by error code alone. */
export function isTransient(error: unknown, scope: RetryScope): boolean {
  const kind = permanence(answerOf(driverError(error)))
  return kind === 'transient' || (kind === 'lost' && scope === 'dial')
}

/** The driver's own error below one of ours. */
export function driverError(error: unknown): unknown {
  return error instanceof Error && error.name === 'StatementError' ? error.cause : error
}
