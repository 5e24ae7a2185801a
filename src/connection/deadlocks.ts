import { StatementError } from '../errors.ts'
import type { TiDBConnection } from './connection.ts'

/** One edge of a cycle: a transaction that asked for a lock which another one held, by their start timestamps. */
export interface DeadlockEdge {
  readonly waiting: string
  readonly holding: string
  /** Statement that asked, without its values. */
  readonly statement: string
  /** What was asked for, as the server describes it. */
  readonly key: string
}

/** The cycle that a transaction was ended for, and the connections that have its transactions open. */
export interface Deadlock {
  readonly edges: readonly DeadlockEdge[]
  /** By start timestamp; none for a transaction that has ended. */
  readonly connections: ReadonlyMap<string, number>
}

interface Edge extends DeadlockEdge {
  readonly instance: string
  readonly id: number
}

/**
 * The deadlock that a transaction was ended for; undefined if the server remembers none.
 * https://docs.pingcap.com/tidb/stable/information-schema-deadlocks/
 *
 * @throws {StatementError} 1109 or 1146 on a server that keeps no history, 1227 without the privilege PROCESS.
 */
export async function deadlockOf(connection: TiDBConnection, transaction: string): Promise<Deadlock | undefined> {
  const all = await connection.query<Edge>(
    `select instance, deadlock_id as id, cast(try_lock_trx_id as char) as waiting,
        cast(trx_holding_lock as char) as holding, current_sql_digest_text as statement,
        coalesce(key_info, \`key\`) as \`key\` from information_schema.cluster_deadlocks`,
  )
  const own = all.find(({ waiting }) => waiting === transaction)
  if (own === undefined) return undefined
  const edges = all.filter(({ instance, id }) => instance === own.instance && id === own.id)
  const open = await connection.query<{ trx: string; id: number }>(
    'select cast(id as char) as trx, session_id as id from information_schema.cluster_tidb_trx',
  )
  return { edges, connections: new Map(open.map(({ trx, id }) => [trx, id])) }
}

/** Only TiDB knows the variable; others read `select 1`. */
const LAST_STATEMENT = 'select /*T! @@tidb_last_query_info as info, */ 1 as one'

/**
 * Start timestamp of the transaction that the last statement of a connection was ended in by a deadlock. Asked at once:
 * the next statement overwrites it. Undefined if the server does not tell.
 */
export async function deadlockedTransaction(connection: Pick<TiDBConnection, 'query'>): Promise<string | undefined> {
  try {
    const [row] = await connection.query<{ info?: string }>(LAST_STATEMENT, [], { within: '2s' })
    const info = row?.info ?? ''
    // As text: a timestamp has more digits than a number of JavaScript's JSON.
    return info.includes('1213') ? /"start_ts":\s*(\d+)/.exec(info)?.[1] : undefined
  } catch (error) {
    if (error instanceof StatementError) return undefined
    throw error
  }
}
