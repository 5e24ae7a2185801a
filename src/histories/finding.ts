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
