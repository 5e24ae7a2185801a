import { ConfigError } from '../errors.ts'
import { Dice, seedOf } from '../data/dice.ts'
import type { Operation } from './history.ts'

/** What a list-append workload is like. */
export interface ListAppendOptions {
  /** How many transactions there are in all. */
  readonly transactions: number
  /** How many sessions carry them out, side by side. Default 10. */
  readonly sessions?: number
  /** How many lists are in use at a time: the fewer, the more transactions meet. Default 4. */
  readonly keys?: number
  /** How many values are appended to a list before another takes its place, as long lists cost time. Default 64. */
  readonly valuesPerKey?: number
  /** How many operations a transaction has at most. Default 4. */
  readonly operations?: number
  /** What the operations are drawn from: the same seed, the same operations. Default 1. */
  readonly seed?: string | number
  /** Isolation level of the transactions. Default: that of the sessions. */
  readonly isolation?: 'read committed' | 'repeatable read'
  /** Default: that of the sessions. */
  readonly mode?: 'pessimistic' | 'optimistic'
  /** Has reads lock what they read, by FOR UPDATE. Default false. */
  readonly forUpdate?: boolean
}

/** Transactions that read and append to lists, drawn from a seed, and the statements that they are carried out by. */
export interface Workload {
  readonly sessions: number
  readonly seed: string | number
  /** What is sent once before all others. */
  readonly prepare: readonly string[]
  /** What each session sends first. */
  readonly begin: readonly string[]
  /** The transactions of one session, in their order. A read has no values yet. */
  transactionsOf(session: number): Iterable<readonly Operation[]>
  /** The statement of an operation. */
  statementOf(operation: Operation): { readonly sql: string; readonly values: readonly (string | number)[] }
}

const TABLE = 'vitest_tidb_lists'

/**
 * Lists that transactions append to and read, each value once: the workload from which most can be proven, as each read
 * tells all that was appended before it, and in which order.
 *
 * @throws {ConfigError} if a number is none that there can be so many of.
 * @example
 * const history = await tidbPool.workload(listAppend({ transactions: 500, sessions: 10 }))
 * expect(history).toBeSnapshotIsolated()
 */
export function listAppend(options: ListAppendOptions): Workload {
  const { transactions, sessions = 10, keys = 4, valuesPerKey = 64, operations = 4, seed = 1 } = options
  for (const [name, value] of Object.entries({ transactions, sessions, keys, valuesPerKey, operations })) {
    if (Number.isInteger(value) && value >= 1) continue
    throw new ConfigError([name], `${name} can't be ${String(value)}`, {
      hints: [`set ${name} to a whole number from 1 on`],
    })
  }
  const { isolation, mode, forUpdate = false } = options
  return {
    sessions,
    seed,
    prepare: [
      `drop table if exists ${TABLE}`,
      `create table ${TABLE} (id int primary key, elements longtext not null)`,
    ],
    begin: [
      ...(isolation === undefined ? [] : [`set session transaction isolation level ${isolation}`]),
      ...(mode === undefined ? [] : [`set session tidb_txn_mode = '${mode}'`]),
    ],
    *transactionsOf(session) {
      for (let at = session; at < transactions; at += sessions) {
        yield draw(at, { seed, keys, valuesPerKey, operations })
      }
    },
    statementOf: (operation) => {
      const { key } = operation
      if (operation.kind === 'read') {
        return { sql: `select elements from ${TABLE} where id = ?${forUpdate ? ' for update' : ''}`, values: [key] }
      }
      const sql = `insert into ${TABLE} values (?, ?) on duplicate key update elements = concat(elements, ',', ?)`
      return { sql, values: [key, String(operation.value), String(operation.value)] }
    },
  }
}

interface Draw {
  readonly seed: string | number
  readonly keys: number
  readonly valuesPerKey: number
  readonly operations: number
}

/** The operations of one transaction: they depend on the seed and its number alone. */
function draw(transaction: number, { seed, keys, valuesPerKey, operations }: Draw): Operation[] {
  const dice = new Dice(seedOf('list-append', seed)).at(transaction)
  // Half of the operations append: after so many transactions the lists are long enough.
  const firstKey = Math.floor((transaction * (operations + 1)) / (4 * keys * valuesPerKey)) * keys
  return Array.from({ length: 1 + dice.below(operations) }, (_, at): Operation => {
    const key = firstKey + dice.below(keys)
    const isAppend = dice.below(2) === 1
    return isAppend
      ? { kind: 'append', key, value: transaction * operations + at + 1 }
      : { kind: 'read', key, values: undefined }
  })
}
