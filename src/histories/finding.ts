import type { Edge } from './graph.ts'

/** Consistency that a history may have, from the weakest to the strongest of its row. */
export const BASES = ['read uncommitted', 'read committed', 'snapshot isolation', 'serializable'] as const
export type Base = (typeof BASES)[number]

/** Which orders a level keeps beside: none, that of each session, or that of real time, which holds between sessions. */
export const ORDERS = ['', 'session', 'real time'] as const
export type Order = (typeof ORDERS)[number]

/** What a finding is called, in the words of Adya (http://pmg.csail.mit.edu/papers/adya-phd.pdf) and of Elle. */
export type AnomalyName =
  | 'G0'
  | 'G1a'
  | 'G1b'
  | 'G1c'
  | 'G-single'
  | 'G-nonadjacent'
  | 'G2-item'
  | 'lost update'
  | 'dirty update'
  | 'internal'
  | 'duplicate elements'
  | 'lost element'
  | 'garbage read'
  | 'incompatible order'

/** What each of them means, in a line. */
export const MEANINGS: Readonly<Record<AnomalyName, string>> = {
  G0: 'transactions appended to several lists, each list in another order of them',
  G1a: 'a value was read whose transaction was rolled back',
  G1b: 'a list was read between two appends of one transaction',
  G1c: 'each transaction read, or appended behind, what the one before it in the circle had appended',
  'G-single': 'one transaction did not see an append, though what it saw or did comes after it',
  'G-nonadjacent': 'transactions that do not meet each saw one append without another that comes before it',
  'G2-item': 'transactions each missed what another one appended: write skew',
  'lost update': 'two transactions read the same list and appended to it, neither seeing the other',
  'dirty update': 'a value was appended behind one whose transaction was rolled back',
  internal: 'a transaction did not see what it had read or appended itself',
  'duplicate elements': 'a value that was appended once is in a list twice',
  'lost element': 'a value that was committed is in no read that began after that',
  'garbage read': 'a value was read that nobody appended',
  'incompatible order': 'two reads of a list disagree on the order of its values',
}

/** Something that a history shows and that some levels forbid. */
export interface Finding {
  /** Its name, with `-process` or `-realtime` behind it if only the order of a session, or of real time, makes it one. */
  readonly name: string
  readonly anomaly: AnomalyName
  /** The weakest level that forbids it; every stronger one does as well. */
  readonly base: Base
  readonly order: Order
  /** Places of the transactions in the history. Of a cycle: in its order. */
  readonly transactions: readonly number[]
  /** The edges of the cycle; none of what is no cycle. */
  readonly cycle: readonly Edge[]
  /** What was seen, in a line. */
  readonly because: string
}
