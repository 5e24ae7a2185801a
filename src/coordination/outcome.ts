import { StateError } from '../errors.ts'
import type { StateTransition } from '../transition.ts'

/** How one session of a run ended. */
export type SessionResult<T> = {
  /** Name of the session. */
  readonly name: string
  readonly history: readonly StateTransition[]
} & (
  | { readonly status: 'completed'; readonly value: T }
  | { readonly status: 'failed'; readonly error: unknown }
  /** Ended because of another session or of the caller: `error` is what it was doing then, or why it never began. */
  | { readonly status: 'aborted'; readonly error: unknown }
)

/** What a run failed by. */
export interface RunFailure {
  /** Name of the session that failed first. */
  readonly name: string
  /** The state of its workflow that failed; undefined if it was the work after it. */
  readonly state: string | undefined
  readonly error: unknown
}

type Values = Record<string, unknown>

/**
 * How the sessions of a run ended, in their order.
 *
 * @typeParam T what each session returns; @typeParam ByName what the session of each name returns.
 */
export class Outcome<T, ByName extends Values = Record<string, T>> {
  readonly results: readonly SessionResult<T>[]
  /** What failed first; undefined if nothing did. */
  readonly failure: RunFailure | undefined
  readonly #aborted: boolean

  constructor(results: readonly SessionResult<T>[], firstFailed: string | undefined, aborted: boolean) {
    this.results = results
    this.#aborted = aborted
    const failed = results.find(({ name, status }) => name === firstFailed && status === 'failed')
    if (failed?.status === 'failed') {
      const { name, error } = failed
      this.failure = { name, error, state: error instanceof StateError ? error.state : undefined }
    }
  }

  /** `completed`: every session did; `failed`: one failed, see `failure`; `aborted`: the caller ended the run. */
  get status(): 'completed' | 'failed' | 'aborted' {
    if (this.failure !== undefined) return 'failed'
    return this.#aborted ? 'aborted' : 'completed'
  }

  /** What the completed sessions returned. */
  get values(): T[] {
    return this.results.flatMap((result) => (result.status === 'completed' ? [result.value] : []))
  }

  /** The sessions that failed, with what. */
  get failed(): Extract<SessionResult<T>, { status: 'failed' }>[] {
    return this.results.filter((result) => result.status === 'failed')
  }

  /** The sessions that were ended because of another, or never began. */
  get aborted(): Extract<SessionResult<T>, { status: 'aborted' }>[] {
    return this.results.filter((result) => result.status === 'aborted')
  }

  /** How the session of that name ended. @throws {TypeError} if the run had none. */
  of<Name extends keyof ByName & string>(name: Name): SessionResult<ByName[Name]> {
    const result = this.results.find((one) => one.name === name)
    if (result === undefined) throw new TypeError(`the run had no session named ${JSON.stringify(name)}`)
    return result as unknown as SessionResult<ByName[Name]>
  }

  /** What the session of that name returned. @throws what it failed with. */
  value<Name extends keyof ByName & string>(name: Name): ByName[Name] {
    const result = this.of(name)
    if (result.status !== 'completed') throw result.error
    return result.value
  }
}
