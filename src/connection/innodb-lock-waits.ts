import type { TiDBConnection } from './connection.ts'
import type { LockWait, LockWaitSource } from './lock-waits.ts'

interface Edge {
  readonly id: number
  readonly holder: number
}

/** https://mariadb.com/docs/server/reference/system-tables/information-schema/information-schema-tables/information-schema-innodb-tables/information-schema-innodb_lock_waits-table */
const MARIADB = `select w.trx_mysql_thread_id as id, h.trx_mysql_thread_id as holder
  from information_schema.innodb_lock_waits l
  join information_schema.innodb_trx w on w.trx_id = l.requesting_trx_id
  join information_schema.innodb_trx h on h.trx_id = l.blocking_trx_id`

/** https://dev.mysql.com/doc/refman/8.4/en/performance-schema-data-lock-waits-table.html */
const MYSQL = `select w.processlist_id as id, h.processlist_id as holder from performance_schema.data_lock_waits l
  join performance_schema.threads w on w.thread_id = l.requesting_thread_id
  join performance_schema.threads h on h.thread_id = l.blocking_thread_id`

/** Not DDL alone: whoever comes after DDL that waits, waits as well. Neither server names the holders by default. */
const METADATA = `select id from information_schema.processlist where state = 'Waiting for table metadata lock'`
const TRANSACTIONS = 'select trx_mysql_thread_id as id from information_schema.innodb_trx'

/** For the servers that specs are compared with. MariaDB fills its tables anew only where nobody read them for 0.1 s. */
export function innodbLockWaits(version: string): LockWaitSource {
  const [sql, everyMs] = version.includes('MariaDB') ? [MARIADB, 110] : [MYSQL, 2]
  return {
    everyMs,
    async look(connection, statements) {
      const ids = statements.map(({ connectionId }) => connectionId)
      const edges = await connection.query<Edge>(sql)
      const rowWaits = ids.flatMap((connectionId): LockWait[] => {
        const holders = edges.filter(({ id }) => id === connectionId).map(({ holder }) => holder)
        return holders.length === 0 ? [] : [{ connectionId, kind: 'row', holders, certain: true }]
      })
      return [...rowWaits, ...(await metadataWaits(connection, ids))]
    },
  }
}

async function metadataWaits(connection: TiDBConnection, ids: readonly number[]): Promise<LockWait[]> {
  const waiting = await connection.query<{ id: number }>(METADATA)
  const waiters = waiting.filter(({ id }) => ids.includes(id))
  if (waiters.length === 0) return []
  const open = await connection.query<{ id: number }>(TRANSACTIONS)
  return waiters.map(({ id: connectionId }) => {
    const holders = open.filter(({ id }) => id !== connectionId).map(({ id }) => id)
    return { connectionId, kind: 'metadata', holders, certain: false }
  })
}
