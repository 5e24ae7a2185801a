import type { Duration } from '../duration.ts'
import type { ConsistencyLevel } from '../histories/levels.ts'
import type { WatchWaitOptions } from '../import-jobs/watched-import-job.ts'
import type { BlockedOptions } from '../workflow/sent-statement.ts'
import type { AgreeOptions } from './agreement.ts'
import { extendExpect, type Matcher } from './extend-expect.ts'
import { toBeBlocked, toBeBlockedBy, toBeReleasedWithin } from './blocking.ts'
import { toDeadlockWith } from './deadlock.ts'
import { toConflict, toFailWith, toTimeOutWaiting } from './failure.ts'
import { toBeCancelled, toFailImport, toFinish, toHaveImported, type RowRange } from './import-job.ts'
import { toHaveNoFailedImports, toHaveNoStalledImports } from './import-job-list.ts'
import type { SinceOptions, StalledOptions } from './import-job-list.ts'
import {
  toBeReadCommitted,
  toBeSerializable,
  toBeSnapshotIsolated,
  toBeStrictlySerializable,
  toHaveConsistency,
} from './history.ts'
import type { MatcherState } from './other-failure.ts'
import type { PaceMatcherOptions } from './pace.ts'
import { toMatchExpected } from './interleaving.ts'
import { toAllComplete } from './outcome.ts'
import { toProgress, type ProgressOptions } from './progress.ts'
import { toReach, toFailIn, type FailureShape } from './state.ts'
import { toBeAtLeast } from './version.ts'

interface TiDBMatchers<R> {
  /** The version is that release or a later one. A pre-release comes before its release. */
  toBeAtLeast(release: string): R
  /** The session passes every state up to this one. Await it. */
  toReach(state: string): Promise<void>
  /** The session fails in exactly this state, in this way. Await it. */
  toFailIn(state: string, shape?: FailureShape): Promise<void>
  /** The statement in flight waits for a lock, by the server's own account. Under `not`: it ends without. Await it. */
  toBeBlocked(options?: BlockedOptions): Promise<void>
  /** It waits for a lock that this session holds. If the server does not say who holds it, that fails. Await it. */
  toBeBlockedBy(session: object, options?: BlockedOptions): Promise<void>
  /** It completes within that time from now. Await it. */
  toBeReleasedWithin(within: Duration): Promise<void>
  /** It fails with 1213, in a cycle with the transaction of that session, by the server's history. Await it. */
  toDeadlockWith(session: object): Promise<void>
  /** It fails as another transaction committed first: 9007, 8002, 8005, 8022. Await it. */
  toConflict(): Promise<void>
  /** It fails as its wait for a lock took too long: 1205. Await it. */
  toTimeOutWaiting(): Promise<void>
  /** It fails with this error, by number or symbol: `1062` or `'ER_DUP_ENTRY'`. Takes any promise, or an error. Await it. */
  toFailWith(error: number | string): Promise<void>
  /**
   * Both sessions answer a statement, or each of several, alike: the same columns and rows as the servers sent them, the same
   * number of changed rows, or the same error number. Rows count in their order if the statement has an ORDER BY. A lost
   * connection or a deadline fails, under `not` as well. Await it.
   */
  toAgreeWith(session: object, sql: string | readonly string[], options?: AgreeOptions): Promise<void>
  /** Every order of the plan has the results that the plan expects. */
  toMatchExpected(): R
  /** The watched import job ends as finished. If its end is not known, that fails, with `not` as well. Await it. */
  toFinish(options?: WatchWaitOptions): Promise<void>
  /** It finishes with that many rows: a number, `{ min, max }` or `[min, max]`. Await it. */
  toHaveImported(rows: RowRange, options?: WatchWaitOptions): Promise<void>
  /** It fails; if a pattern is given, with a message that it matches or contains. Await it. */
  toFailImport(pattern?: string | RegExp, options?: WatchWaitOptions): Promise<void>
  /** It ends as cancelled. Await it. */
  toBeCancelled(options?: WatchWaitOptions): Promise<void>
  /** It finishes, and not slower than its own history has it, by the tolerance. Await it. */
  toKeepPace(options?: PaceMatcherOptions): Promise<void>
  /** It finishes, and never stands still longer than `every` while it runs. Await it. */
  toProgress(options: ProgressOptions): Promise<void>
  /** No job of the list failed, or none that ended since then. Takes a list, or the promise of one: then await it. */
  toHaveNoFailedImports(options?: SinceOptions): R
  /** Each job of the list that runs moves, or ends, within `idle`. Takes a list, or the promise of one. Await it. */
  toHaveNoStalledImports(options?: StalledOptions): Promise<void>
  /**
   * The history shows nothing that this level forbids, such as `strong snapshot isolation`; docs/histories.md has them all.
   * One of which nothing was read proves nothing: it fails, under `not` as well.
   */
  toHaveConsistency(level: ConsistencyLevel): R
  /** Nothing dirty was read, and no write lies between those of another transaction. */
  toBeReadCommitted(): R
  /** Each transaction of the history read from one snapshot, and no two at once wrote the same. */
  toBeSnapshotIsolated(): R
  /** The transactions of the history could have come one after the other, in some order. */
  toBeSerializable(): R
  /** And in an order in which whatever had ended when another began comes before it. */
  toBeStrictlySerializable(): R
  /** Every session of the run completed. Takes an outcome, or the promise of one: then await it. */
  toAllComplete(): R
}

declare module 'vitest' {
  // Named as vitest names them, or the two declarations would not merge.
  interface Matchers<R, T> extends TiDBMatchers<R> {}
}

/** Loaded by the first that asks: history and statistics are of no use to others. */
async function toKeepPace(this: MatcherState, received: unknown, options?: PaceMatcherOptions) {
  const pace = await import('./pace.ts')
  return pace.toKeepPace.call(this, received, options)
}

/** Loaded by the first that asks, as the one before. */
async function toAgreeWith(this: MatcherState, ...args: [unknown, unknown, string, AgreeOptions?]) {
  const agreement = await import('./agreement.ts')
  return agreement.toAgreeWith.apply(this, args)
}

const matchers: { readonly [Name in keyof TiDBMatchers<unknown>]: Matcher } = {
  toBeAtLeast,
  toReach,
  toFailIn,
  toBeBlocked,
  toBeBlockedBy,
  toBeReleasedWithin,
  toDeadlockWith,
  toConflict,
  toTimeOutWaiting,
  toFailWith,
  toAgreeWith,
  toMatchExpected,
  toHaveConsistency,
  toBeReadCommitted,
  toBeSnapshotIsolated,
  toBeSerializable,
  toBeStrictlySerializable,
  toFinish,
  toHaveImported,
  toFailImport,
  toBeCancelled,
  toKeepPace,
  toProgress,
  toHaveNoFailedImports,
  toHaveNoStalledImports,
  toAllComplete,
}

extendExpect(matchers)
