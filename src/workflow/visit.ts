import { clearTimeout, setTimeout } from '../clock.ts'
import { triedAgain, type Retries } from '../connection/retry.ts'
import { aborted, DeadlineError, type TiDBError } from '../errors.ts'
import type { State, StateContext } from './state.ts'

const SLOW = ['see whether the server is overloaded or stuck; TIDB_STATE_TIMEOUT_MS is the deadline of a state']

/** One visit to one state: its deadline, its signal, its attempts. */
export class Visit {
  attempt = 0
  gaveUp = false
  #controller: AbortController | undefined
  #reject: ((error: TiDBError) => void) | undefined
  #timer: NodeJS.Timeout | undefined
  readonly #state: State

  constructor(state: State) {
    this.#state = state
  }

  /** Made on demand: most handlers never ask. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    return this.#controller.signal
  }

  /** Ends the visit with an error, whatever its handler does. */
  giveUp(error: TiDBError): void {
    this.gaveUp = true
    clearTimeout(this.#timer)
    this.#reject?.(error)
    this.#controller?.abort(error)
  }

  /** @throws what the handler throws, {DeadlineError} past `withinMs`, or what `giveUp` was called with. */
  run(withinMs: number, context: StateContext, retries: Retries | undefined, signal: AbortSignal | undefined): unknown {
    const attempt = async () => {
      this.attempt += 1
      return this.#state.run(context)
    }
    this.attempt += 1
    const first = this.#state.run(context)
    // A state that asks nobody anything has no need of a deadline.
    if (!(first instanceof Promise)) return first
    return new Promise<unknown>((resolve, reject) => {
      const { name } = this.#state
      this.#reject = reject
      this.#timer = setTimeout(
        () => this.giveUp(new DeadlineError(`the end of ${name}`, withinMs, { hints: SLOW })),
        withinMs,
      )
      const onAbort = () => this.giveUp(aborted(name, signal as AbortSignal))
      if (signal?.aborted) onAbort()
      else signal?.addEventListener('abort', onAbort, { once: true })
      const end = () => {
        clearTimeout(this.#timer)
        signal?.removeEventListener('abort', onAbort)
      }
      const succeed = (value: unknown) => {
        end()
        resolve(value)
      }
      const fail = (error: unknown) => {
        end()
        reject(error)
      }
      const failFirst = (error: unknown) => {
        if (retries === undefined) fail(error)
        else triedAgain(error, attempt, { ...retries, signal: this.signal }).then(succeed, fail)
      }
      first.then(succeed, failFirst)
    })
  }
}
