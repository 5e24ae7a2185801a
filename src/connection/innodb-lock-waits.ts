import type { TiDBConnection } from './connection.ts'
import type { LockWait, LockWaitSource } from './lock-wait.ts'

/** For the servers that specs are compared with. */
export function innodbLockWaits(version: string): LockWaitSource {
  const waitsIn = version.includes('MariaDB') ? mariadbWaits : mysqlWaits
  return async (connection, { connectionId }) => {
    const waits = await waitsIn(connection)
    return waits.find((wait) => wait.connectionId === connectionId)
  }
}

interface Edge {
  readonly id: number
  readonly holder: number
}

/** https://dev.mysql.com/doc/refman/8.4/en/performance-schema-data-lock-waits-table.html */
const MYSQL_ROWS = `select w.processlist_id as id, h.processlist_id as holder from performance_schema.data_lock_waits l
  join performance_schema.threads w on w.thread_id = l.requesting_thread_id
  join performance_schema.threads h on h.thread_id = l.blocking_thread_id`

/** https://dev.mysql.com/doc/refman/8.4/en/performance-schema-metadata-locks-table.html */
const MYSQL_METADATA = `select w.processlist_id as id, h.processlist_id as holder from performance_schema.metadata_locks p
  join performance_schema.metadata_locks g on g.lock_status = 'GRANTED' and g.owner_thread_id <> p.owner_thread_id
    and g.object_type = p.object_type and g.object_schema = p.object_schema and g.object_name = p.object_name
  join performance_schema.threads w on w.thread_id = p.owner_thread_id
  join performance_schema.threads h on h.thread_id = g.owner_thread_id
  where p.lock_status = 'PENDING'`

async function mysqlWaits(connection: TiDBConnection): Promise<LockWait[]> {
  const kinds = [
    ['row', MYSQL_ROWS],
    ['metadata', MYSQL_METADATA],
  ] as const
  const waits: LockWait[] = []
  for (const [kind, sql] of kinds) {
    const edges = await connection.query<Edge>(sql)
    for (const [connectionId, own] of Map.groupBy(edges, ({ id }) => id)) {
      const holders = [...new Set(own.map(({ holder }) => holder))]
      waits.push({ connectionId, kind, holders, maybe: [] })
    }
  }
  return waits
}

interface Transaction {
  readonly id: number
  readonly waits: boolean
  readonly holdsRows: boolean
}

/**
 * Not from information_schema.innodb_lock_waits, which names the holders: whoever reads it within 0.1 s of the last
 * reader is shown the state of before, and a statement would seem to wait that has long gone on.
 *
 * https://mariadb.com/docs/server/reference/sql-statements/administrative-sql-statements/show/show-engine-innodb-status
 */
async function mariadbWaits(connection: TiDBConnection): Promise<LockWait[]> {
  const [row] = await connection.query<{ Status: string }>('show engine innodb status')
  const transactions = readTransactions(row?.Status ?? '')
  const rowWaits = transactions.filter(({ waits }) => waits)
  // Not DDL alone: whoever comes after DDL that waits, waits as well.
  const metadataWaits = await connection.query<{ id: number }>(
    `select id from information_schema.processlist where state = 'Waiting for table metadata lock'`,
  )
  const others = (own: number, holds: (transaction: Transaction) => boolean) =>
    transactions.filter((transaction) => transaction.id !== own && holds(transaction)).map(({ id }) => id)
  return [
    ...rowWaits.map(({ id }) =>
      waitFor(
        id,
        'row',
        others(id, ({ holdsRows }) => holdsRows),
      ),
    ),
    ...metadataWaits.map(({ id }) =>
      waitFor(
        id,
        'metadata',
        others(id, () => true),
      ),
    ),
  ]
}

/** Of several that may hold it, the server names none; one alone holds it. */
function waitFor(connectionId: number, kind: LockWait['kind'], candidates: readonly number[]): LockWait {
  const known = candidates.length === 1
  return { connectionId, kind, holders: known ? candidates : [], maybe: known ? [] : candidates }
}

/** Transactions that are open, from the text of InnoDB's status. */
function readTransactions(status: string): Transaction[] {
  return status
    .split(/^---TRANSACTION /m)
    .slice(1)
    .flatMap((text) => {
      const id = /^(?:MariaDB|MySQL) thread id (\d+)/m.exec(text)?.[1]
      // 0 is a thread of the server's own, such as the one that clears old versions away.
      if (id === undefined || id === '0') return []
      const waits = /^LOCK WAIT /m.test(text)
      // A row that was inserted has no lock until somebody asks for it.
      const holdsRows = /[1-9]\d* row lock\(s\)|undo log entries/.test(text)
      return [{ id: Number(id), waits, holdsRows }]
    })
}
