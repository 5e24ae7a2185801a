import { StatementError } from '../errors.ts'
import type { TiDBConnection } from './connection.ts'

/** One edge of a cycle: a transaction that asked for a lock which another one held. */
export interface Deadlock {
  readonly id: number
  /** Transaction that asked. */
  readonly waiting: string
  /** Transaction that held. */
  readonly holding: string
  /** Digest of the statement that asked. */
  readonly digest: string
  /** The statement, without its values. */
  readonly statement: string
  /** What was asked for, as the server describes it. */
  readonly key: string
}

/** The last deadlocks, an edge each; undefined on a server that keeps no history. https://docs.pingcap.com/tidb/stable/information-schema-deadlocks/ */
export async function deadlocksOf(connection: TiDBConnection): Promise<Deadlock[] | undefined> {
  try {
    return await connection.query<Deadlock>(
      `select deadlock_id as id, try_lock_trx_id as waiting, trx_holding_lock as holding, current_sql_digest as digest,
          current_sql_digest_text as statement, coalesce(key_info, \`key\`) as \`key\` from information_schema.deadlocks`,
    )
  } catch (error) {
    // Only TiDB has the table.
    if (error instanceof StatementError && (error.errno === 1109 || error.errno === 1146)) return undefined
    throw error
  }
}
