import { StatementError } from '../errors.ts'
import type { TiDBConnection } from './connection.ts'
import { definitionWait } from './definition-wait.ts'
import type { LockAccount, LockDoubt, LockWaitSource } from './lock-wait.ts'
import { mayDefine } from './statement-kind.ts'
import { isPlainUnistore } from './unistore.ts'

interface Transaction {
  /** Its start timestamp, which is its number everywhere: text, as it has more digits than a number of JavaScript's. */
  readonly trx: string
  readonly id: number
  readonly state: string
}

/** That a transaction waits for one that holds a lock. */
interface Edge {
  readonly trx: string
  readonly holding: string
}

interface Read {
  readonly open: readonly Transaction[]
  /** Undefined to a user without PROCESS. */
  readonly edges: readonly Edge[] | undefined
}

const GET_LOCK = /\bget_lock\s*\(/i

/**
 * Who waits for a row, and for whom, is read from
 * https://docs.pingcap.com/tidb/stable/information-schema-data-lock-waits/ alone. `LockWaiting` in
 * https://docs.pingcap.com/tidb/stable/information-schema-tidb-trx/ says no more than that a lock was asked for, granted
 * at once or not.
 */
export async function tidbLockWaits(control: TiDBConnection): Promise<LockWaitSource> {
  const [row] = await control.query<{ report: string }>('select tidb_version() as report')
  // It knows of a wait in a pessimistic transaction after a second only.
  const tellsLate = isPlainUnistore(row?.report ?? '')
  let maySee = true
  // Whether the last holder was found on another server only. All servers together are slower to ask than one, and
  // faster than one and then all.
  let apart = false

  return async (connection, statement) => {
    const { connectionId } = statement
    const near = sameServer(connection.id, connectionId)
    const { open, edges } = await read(connection, near && !apart)
    const own = open.find(({ id }) => id === connectionId)
    if (own?.state === 'LockWaiting' || own?.state === 'Committing') return rowWait(connection, own, { open, edges })
    const sql = statement.sql ?? (await currentStatement(connection, connectionId, near))
    if (GET_LOCK.test(sql)) return unknown(connectionId, WAITS_ELSEWHERE)
    return mayDefine(sql) ? definitionWait(connection, { connectionId, sql }) : undefined
  }

  /** At one go, so that a wait is known after one answer: what waits, and what is open. */
  async function read(connection: TiDBConnection, near: boolean): Promise<Read> {
    if (!maySee) return { open: await transactions(connection, near), edges: undefined }
    try {
      const rows = await connection.query<Transaction & { holding: string | null }>(
        `${openTransactions(near)}
        union all
        select cast(trx_id as char), cast(0 as unsigned), '', cast(current_holding_trx_id as char) from information_schema.data_lock_waits`,
      )
      const edges = rows.flatMap(({ trx, holding }) => (holding === null ? [] : [{ trx, holding }]))
      return { open: rows.filter(({ holding }) => holding === null), edges }
    } catch (error) {
      if (!(error instanceof StatementError) || error.errno !== 1227) throw error
      maySee = false
      return read(connection, near)
    }
  }

  async function rowWait(
    connection: TiDBConnection,
    { id, trx, state }: Transaction,
    { open, edges }: Read,
  ): Promise<LockAccount> {
    if (edges === undefined) {
      const { user } = connection.address
      return unknown(id, `the user ${user} lacks the privilege PROCESS, and may not see who waits for whom`, true)
    }
    const holding = edges.filter((edge) => edge.trx === trx).map((edge) => edge.holding)
    if (holding.length > 0) return holdersOf(connection, id, holding, open)
    if (tellsLate && state === 'LockWaiting') return unknown(id, TOLD_LATE)
    // A wait at commit is known only to the server where it waits.
    return sameServer(connection.id, id) || state === 'LockWaiting' ? undefined : unknown(id, COMMITS_ELSEWHERE)
  }

  /**
   * @param open transactions read with who waits for whom: one of them that is waited for was open when the wait was
   * seen, or has released it since. One that began later, or on another server, is looked for on all servers.
   */
  async function holdersOf(
    connection: TiDBConnection,
    connectionId: number,
    holding: readonly string[],
    open: readonly Transaction[],
  ): Promise<LockAccount> {
    const near = open.filter(({ trx }) => holding.includes(trx))
    const found =
      near.length > 0 ? near : (await transactions(connection, false)).filter(({ trx }) => holding.includes(trx))
    if (found.length > 0) {
      apart = !found.some(({ id }) => sameServer(connection.id, id))
      return { connectionId, kind: 'row', holders: [...new Set(found.map(({ id }) => id))], maybe: [] }
    }
    const which = [...new Set(holding)].join(', ')
    return unknown(
      connectionId,
      `it waits for transaction ${which}, which no connection that the server lists has open: it has just ended, or is internal`,
    )
  }
}

const TOLD_LATE =
  'it asks for a lock, and unistore as released reports only after 1.1 s whether it waits: a tidb-server built by this package reports it at once'
const COMMITS_ELSEWHERE = 'it commits on a server of the cluster other than the one that could be asked'
const WAITS_ELSEWHERE = 'TiDB waits in GET_LOCK with an internal session, which it lists nowhere'

function unknown(connectionId: number, doubt: string, lasting = false): LockDoubt {
  return { connectionId, doubt, lasting }
}

/** @param near whether the server that is asked is enough, or all of the cluster are meant. */
function transactions(connection: TiDBConnection, near: boolean): Promise<Transaction[]> {
  return connection.query<Transaction>(openTransactions(near))
}

function openTransactions(near: boolean): string {
  return `select cast(id as char) as trx, session_id as id, state, null as holding
    from information_schema.${near ? '' : 'cluster_'}tidb_trx`
}

async function currentStatement(connection: TiDBConnection, id: number, near: boolean): Promise<string> {
  const [row] = await connection.query<{ sql: string | null }>(
    `select info as \`sql\` from information_schema.${near ? '' : 'cluster_'}processlist where id = ?`,
    [id],
  )
  return row?.sql ?? ''
}

/** The upper bits of a connection's number are those of its server: https://docs.pingcap.com/tidb/stable/tidb-global-kill/ */
function sameServer(own: number, other: number): boolean {
  const serverOf = (id: number) => Math.floor(id / 2 ** (id > 0xff_ff_ff_ff ? 41 : 21))
  return serverOf(other) === serverOf(own)
}
