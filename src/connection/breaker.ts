import type { CircuitBreakerPolicy } from 'cockatiel'
import { TiDBError } from '../errors.ts'
import { answerOf, permanence } from './error-codes.ts'

const FAILURES_TO_OPEN = 5
const HALF_OPEN_AFTER_MS = 5_000

/** A dial that was not made, as the last ones to the same server all failed. */
export class BreakerOpenError extends TiDBError {
  readonly code = 'TIDB_BREAKER_OPEN'
}

/**
 * Stops a process from dialling a dead server again and again: after five dials to one `host:port` failed in a row
 * for want of a connection, further ones fail at once; after 5 s one is let through to see.
 */
export class Breaker {
  readonly #host: string
  readonly #halfOpenAfterMs: number
  #policy: CircuitBreakerPolicy | undefined
  #lastFailure: unknown

  constructor(host: string, halfOpenAfterMs = HALF_OPEN_AFTER_MS) {
    this.#host = host
    this.#halfOpenAfterMs = halfOpenAfterMs
  }

  /**
   * Runs a dial, unless the server is known to be dead.
   *
   * @throws {BreakerOpenError} instead of dialling.
   */
  async dial<T>(open: () => Promise<T>): Promise<T> {
    // With nothing amiss there is nothing to count: a thousand sessions dial without the policy's own costs.
    if (this.#lastFailure !== undefined) return this.#guarded(open)
    try {
      return await open()
    } catch (error) {
      return this.#guarded(() => Promise.reject(error as Error))
    }
  }

  async #guarded<T>(open: () => Promise<T>): Promise<T> {
    // Loaded with the first failure: most runs see none.
    const { circuitBreaker, ConsecutiveBreaker, handleWhen, isBrokenCircuitError } = await import('cockatiel')
    this.#policy ??= circuitBreaker(
      handleWhen((error) => isDeadServer(error)),
      { halfOpenAfter: this.#halfOpenAfterMs, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
    )
    try {
      const opened = await this.#policy.execute(open)
      this.#lastFailure = undefined
      return opened
    } catch (error) {
      if (!isBrokenCircuitError(error)) {
        this.#lastFailure = error
        throw error
      }
      const answer = answerOf(this.#lastFailure)
      throw new BreakerOpenError(`not dialled: the last ${FAILURES_TO_OPEN} dials to ${this.#host} all failed`, {
        host: this.#host,
        answer,
        hints: ['see what the first failure says; the server is dialled again after 5 s'],
        cause: this.#lastFailure,
      })
    }
  }
}

function isDeadServer(error: unknown): boolean {
  if (error instanceof TiDBError) return error.code === 'TIDB_DEADLINE_EXCEEDED'
  return permanence(answerOf(error)) === 'lost'
}

const breakers = new Map<string, Breaker>()

/** The breaker that all sessions of this process share for one server. */
export function breakerFor(host: string): Breaker {
  let breaker = breakers.get(host)
  if (breaker === undefined) breakers.set(host, (breaker = new Breaker(host)))
  return breaker
}
