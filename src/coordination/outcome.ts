import type { StateTransition } from '../transition.ts'

/** How one session of a run ended. */
export type SessionResult<T> = {
  /** Name of the session. */
  readonly name: string
  readonly history: readonly StateTransition[]
} & ({ readonly status: 'completed'; readonly value: T } | { readonly status: 'failed'; readonly error: unknown })

/** How the sessions of a run ended, in the order of their numbers. */
export class Outcome<T> {
  readonly results: readonly SessionResult<T>[]

  constructor(results: readonly SessionResult<T>[]) {
    this.results = results
  }

  /** What the completed sessions returned. */
  get values(): T[] {
    return this.results.flatMap((result) => (result.status === 'completed' ? [result.value] : []))
  }

  /** The sessions that failed, with what. */
  get failed(): Extract<SessionResult<T>, { status: 'failed' }>[] {
    return this.results.filter((result) => result.status === 'failed')
  }
}
