import { performance } from '../clock.ts'
import { TiDBError } from '../errors.ts'
import { hostPort } from '../host-port.ts'
import type { Address } from './connection.ts'
import { routeKey } from './dial-key.ts'
import { answerOf, permanence } from './error-codes.ts'

const FAILURES_TO_OPEN = 5
const HALF_OPEN_AFTER_MS = 5_000

/** A dial that was not made, as the last ones to the same server all failed. */
export class BreakerOpenError extends TiDBError {
  readonly code = 'TIDB_BREAKER_OPEN'
}

/**
 * Stops a process from dialling a dead server again and again: after five dials to one `host:port` that were made
 * alike failed in a row to connect, further ones fail at once; after 5 s one is let through to see.
 */
export class Breaker {
  /** `host:port`. */
  readonly host: string
  readonly #halfOpenAfterMs: number
  /** Dials that failed in a row to connect. */
  #failures = 0
  #lastFailure: unknown
  #openedAt = 0
  #probe: Promise<unknown> | undefined

  constructor(host: string, halfOpenAfterMs = HALF_OPEN_AFTER_MS) {
    this.host = host
    this.#halfOpenAfterMs = halfOpenAfterMs
  }

  /**
   * Runs a dial, unless the server is known to be dead.
   *
   * @throws {BreakerOpenError} instead of dialling.
   */
  async dial<T>(open: () => Promise<T>): Promise<T> {
    // What one dial finds out, the others wait for.
    while (this.#probe !== undefined) await this.#probe
    if (this.#failures < FAILURES_TO_OPEN) return this.#counted(open)
    if (performance.now() - this.#openedAt < this.#halfOpenAfterMs) throw this.#refusal()
    const dial = this.#counted(open)
    const over = () => (this.#probe = undefined)
    this.#probe = dial.then(over, over)
    return dial
  }

  async #counted<T>(open: () => Promise<T>): Promise<T> {
    try {
      const opened = await open()
      this.#failures = 0
      return opened
    } catch (error) {
      this.#lastFailure = error
      if (isDeadServer(error)) {
        this.#failures += 1
        this.#openedAt = performance.now()
      }
      throw error
    }
  }

  #refusal(): BreakerOpenError {
    return new BreakerOpenError(`not dialled: the last ${FAILURES_TO_OPEN} dials to ${this.host} all failed`, {
      host: this.host,
      answer: answerOf(this.#lastFailure),
      hints: ['see the first failure; the server is dialled again after 5 s'],
      cause: this.#lastFailure,
    })
  }
}

function isDeadServer(error: unknown): boolean {
  if (error instanceof TiDBError) return error.code === 'TIDB_DEADLINE_EXCEEDED'
  return permanence(answerOf(error)) === 'lost'
}

const breakers = new Map<string, Breaker>()

/** The breaker that all sessions of this process share that dial a server alike, whoever logs in. */
export function breakerFor(address: Address): Breaker {
  const route = routeKey(address)
  let breaker = breakers.get(route)
  if (breaker === undefined) breakers.set(route, (breaker = new Breaker(hostPort(address.host, address.port))))
  return breaker
}

/** What failed before was another server: one was started or stopped at that `host:port`. */
export function forgetFailures(place: string): void {
  for (const [route, { host }] of breakers) if (host === place) breakers.delete(route)
}
