import { StatementError } from '../errors.ts'
import type { TiDBConnection } from './connection.ts'
import type { LockWait, LockWaitSource, RunningStatement } from './lock-wait.ts'
import { isDefinition } from './statement-kind.ts'

interface Transaction {
  readonly trx: string
  readonly id: number
  readonly state: string
  readonly tables: string | null
  readonly locks: number
  /** How long it has been waiting, in µs; null where it does not wait. */
  readonly waited: number | null
}

interface Edge {
  readonly waiting: string
  readonly holding: string
}

/**
 * A transaction is in LockWaiting while it asks for a lock, granted at once or not. Where the storage engine does not
 * say for whom it waits, it has to have asked for that long to count as waiting.
 */
const ASKED_FOR_US = 3_000

/**
 * https://docs.pingcap.com/tidb/stable/information-schema-tidb-trx/ has who waits,
 * https://docs.pingcap.com/tidb/stable/information-schema-data-lock-waits/ for whom. On unistore the second has only
 * those who wait at their commit.
 */
export async function tidbLockWaits(control: TiDBConnection): Promise<LockWaitSource> {
  const [row] = await control.query<{ report: string }>('select tidb_version() as report')
  const tellsAll = !/^Store: unistore$/m.test(row?.report ?? '')
  let mayAsk = true
  const edgesOf = async (connection: TiDBConnection): Promise<Edge[]> => {
    if (!mayAsk) return []
    try {
      return await connection.query<Edge>(
        'select trx_id as waiting, current_holding_trx_id as holding from information_schema.data_lock_waits',
      )
    } catch (error) {
      // Needs the privilege PROCESS; who waits is told without it.
      if (!(error instanceof StatementError) || error.errno !== 1227) throw error
      mayAsk = false
      return []
    }
  }
  return {
    everyMs: 1,
    async look(connection, statements) {
      const definitions = statements.filter(({ sql }) => isDefinition(sql))
      const ids = statements.map(({ connectionId }) => connectionId)
      const metadata = definitions.length === 0 ? [] : await metadataLockWaits(connection, definitions)
      return [...(await rowLockWaits(connection, ids)), ...metadata]
    },
  }

  async function rowLockWaits(connection: TiDBConnection, ids: readonly number[]): Promise<LockWait[]> {
    const transactions = await readTransactions(connection, ids)
    const suspects = transactions.filter(
      ({ id, state }) => ids.includes(id) && (state === 'LockWaiting' || state === 'Committing'),
    )
    if (suspects.length === 0) return []
    const edges = await edgesOf(connection)
    return suspects.flatMap((waiter): LockWait[] => {
      const connectionId = waiter.id
      const named = edges
        .filter(({ waiting }) => waiting === waiter.trx)
        .flatMap(({ holding }) => transactions.find(({ trx }) => trx === holding)?.id ?? [])
      if (named.length > 0) return [{ connectionId, kind: 'row', holders: named, certain: true }]
      if (waiter.state !== 'LockWaiting' || (tellsAll && mayAsk)) return []
      if (Number(waiter.waited) < ASKED_FOR_US) return []
      return [{ connectionId, kind: 'row', holders: sharingTables(waiter, transactions), certain: false }]
    })
  }
}

function readTransactions(connection: TiDBConnection, ids: readonly number[]): Promise<Transaction[]> {
  const table = isSameServer(connection.id, ids) ? 'tidb_trx' : 'cluster_tidb_trx'
  return connection.query<Transaction>(
    `select cast(id as char) as trx, session_id as id, state, related_table_ids as tables, mem_buffer_keys as locks,
        timestampdiff(microsecond, waiting_start_time, now(6)) as waited from information_schema.${table}`,
  )
}

/** The upper bits of a connection's number are those of its server: https://docs.pingcap.com/tidb/stable/tidb-global-kill/ */
function isSameServer(own: number, ids: readonly number[]): boolean {
  const serverOf = (id: number) => Math.floor(id / 2 ** (id > 0xff_ff_ff_ff ? 41 : 21))
  return ids.every((id) => serverOf(id) === serverOf(own))
}

/** Those that hold locks in the tables that a waiting transaction works on. */
function sharingTables(waiter: Transaction, transactions: readonly Transaction[]): number[] {
  const tablesOf = ({ tables }: Transaction) => (tables ?? '').split(',').filter(Boolean)
  const wanted = tablesOf(waiter)
  const holders = transactions.filter(
    (other) => other !== waiter && other.locks > 0 && tablesOf(other).some((table) => wanted.includes(table)),
  )
  return holders.map(({ id }) => id)
}

/** DDL statements that wait for transactions to end. https://docs.pingcap.com/tidb/stable/metadata-lock/ */
async function metadataLockWaits(
  connection: TiDBConnection,
  definitions: readonly RunningStatement[],
): Promise<LockWait[]> {
  const rows = await connection.query<{ query: string; id: number }>(
    'select query, session_id as id from mysql.tidb_mdl_view',
  )
  return definitions.flatMap(({ connectionId, sql }): LockWait[] => {
    const holders = rows.filter(({ query }) => query.trim() === sql.trim()).map(({ id }) => id)
    return holders.length === 0 ? [] : [{ connectionId, kind: 'metadata', holders, certain: true }]
  })
}
