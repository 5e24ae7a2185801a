/** What a transaction did to a list: it appended a value to it, or read all of it. */
export type Operation =
  | { readonly kind: 'append'; readonly key: number; readonly value: number }
  | {
      readonly kind: 'read'
      readonly key: number
      /** What the list held; undefined if no answer came. */
      readonly values: readonly number[] | undefined
    }

/**
 * How a transaction ended: `unknown` if its COMMIT was sent and no answer came. Such a one is taken for neither, until
 * another transaction has read what it appended.
 */
export type TransactionEnd = 'committed' | 'rolled back' | 'unknown'

/** One transaction, as its session saw it. */
export interface Transaction {
  /** Name of its session, such as `session-3`. A session has one transaction at a time. */
  readonly session: string
  /** `host:port` of the node that it ran on. */
  readonly node?: string | undefined
  /** When it was begun: before its first statement was sent. In ms, by the clock of the process that ran it. */
  readonly beganMs: number
  /** When its end was known, by the same clock; undefined if it never was. */
  readonly endedMs: number | undefined
  readonly operations: readonly Operation[]
  readonly end: TransactionEnd
  /** What it failed with, in a line: the number or symbol of the error, and what was said. */
  readonly error?: string | undefined
}

/** A fault that there was while the transactions ran. */
export interface FaultSpan {
  readonly name: string
  /** By the clock of the transactions, in ms. */
  readonly beganMs: number
  readonly endedMs: number
}

/** What many sessions did and saw. */
export interface History {
  /** In any order; each is known by its place. */
  readonly transactions: readonly Transaction[]
  /** What the operations were drawn from, if they were. */
  readonly seed?: string | number | undefined
  /** What went wrong on purpose meanwhile. */
  readonly faults?: readonly FaultSpan[] | undefined
}
