import { clearTimeout, performance, setTimeout } from './clock.ts'
import { aborted, DeadlineError, type TiDBErrorDetails } from './errors.ts'

/** What work resolves to; past its deadline, the work goes on and this fails. @throws {DeadlineError} */
export async function inTime<T>(
  work: Promise<T>,
  what: string,
  withinMs: number,
  details?: TiDBErrorDetails,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new DeadlineError(what, withinMs, details)), withinMs)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

interface WaitDetails {
  /** What is waited for, such as `barrier "loaded"`. */
  readonly what: string
  readonly withinMs: number
  readonly signal?: AbortSignal | undefined
  /** `host:port` of the server that is waited for, for its errors. */
  readonly host?: string | undefined
  /** Why it is not over yet, for the error of the deadline. */
  readonly explain: () => string
  /** Told once it is over, however it ends; what it failed with, if it did. */
  readonly onEnd?: (error?: unknown) => void
}

/** One party's wait for something: it ends by what was waited for, by its deadline, by its signal, or by another party. */
export class Wait<T> {
  readonly promise: Promise<T>
  readonly what: string
  /** When it began, by performance.now(). */
  readonly since = performance.now()
  #settle: { resolve: (value: T) => void; reject: (error: unknown) => void } | undefined
  readonly #details: WaitDetails
  readonly #timer: NodeJS.Timeout
  readonly #onAbort: (() => void) | undefined

  constructor(details: WaitDetails) {
    const { what, withinMs, signal, host, explain } = details
    this.#details = details
    this.what = what
    this.promise = new Promise<T>((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    this.#timer = setTimeout(() => this.fail(new DeadlineError(`${what}: ${explain()}`, withinMs, { host })), withinMs)
    if (signal === undefined) return
    this.#onAbort = () => this.fail(aborted(`waiting for ${what}`, signal, host))
    // Not within the constructor: whoever waits notes the wait first, to forget it when it ends.
    if (signal.aborted) void Promise.resolve().then(this.#onAbort)
    else signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  succeed(value: T): void {
    const settle = this.#end()
    if (settle === undefined) return
    settle.resolve(value)
    this.#details.onEnd?.()
  }

  fail(error: unknown): void {
    const settle = this.#end()
    if (settle === undefined) return
    settle.reject(error)
    this.#details.onEnd?.(error)
  }

  #end() {
    const settle = this.#settle
    this.#settle = undefined
    clearTimeout(this.#timer)
    if (this.#onAbort !== undefined) this.#details.signal?.removeEventListener('abort', this.#onAbort)
    return settle
  }
}
