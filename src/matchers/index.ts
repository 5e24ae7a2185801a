import { expect } from 'vitest'
import { guardAsyncMatchers } from './await-guard.ts'
import { toReach, toFailIn, type FailureShape } from './state.ts'
import { toBeAtLeast } from './version.ts'

interface TiDBMatchers<R> {
  /** The version is that release or a later one. A pre-release comes before its release. */
  toBeAtLeast(release: string): R
  /** The session passes every state up to this one. Await it. */
  toReach(state: string): Promise<void>
  /** The session fails in exactly this state, in this way. Await it. */
  toFailIn(state: string, shape?: FailureShape): Promise<void>
}

declare module 'vitest' {
  // Named as vitest names them, or the two declarations would not merge.
  interface Matchers<R, T> extends TiDBMatchers<R> {}
}

expect.extend({ toBeAtLeast, toReach, toFailIn })
guardAsyncMatchers(['toReach', 'toFailIn'])
