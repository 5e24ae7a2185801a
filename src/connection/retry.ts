import type { RetryPolicy } from 'cockatiel'
import { answerOf, permanence } from './error-codes.ts'

/** Which failures are tried again: `dial` includes a lost connection, `statement` does not. */
export type RetryScope = 'dial' | 'statement' | 'never'

const policies = new Map<string, RetryPolicy>()

/** A policy that tries transient failures again: exponential back-off from 50 ms to 2 s, with jitter. */
export async function retryPolicy(scope: Exclude<RetryScope, 'never'>, retries: number): Promise<RetryPolicy> {
  // Loaded with the first failure: most runs see none.
  const { ExponentialBackoff, handleWhen, retry } = await import('cockatiel')
  const key = `${scope} ${retries}`
  let policy = policies.get(key)
  if (policy === undefined) {
    policy = retry(
      handleWhen((error) => isTransient(error, scope)),
      { maxAttempts: retries, backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 2_000 }) },
    )
    policies.set(key, policy)
  }
  return policy
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
