import type { TiDBConnection } from './connection.ts'
import { quoteName } from '../quote-name.ts'

/** How many rows a statement may be about for their locks to be looked up, one request each. */
const ROWS_MOST = 50

interface Target {
  readonly table: string
  /** What comes after the table, such as `where id = 1`. */
  readonly rest: string
}

const NAME = String.raw`(?:\`[^\`]+\`|[\w$]+)(?:\s*\.\s*(?:\`[^\`]+\`|[\w$]+))?`
const FORMS = [
  new RegExp(String.raw`^\s*update\s+(?<table>${NAME})\s+set\b.*?(?<rest>\bwhere\b.*|$)`, 'is'),
  new RegExp(String.raw`^\s*delete\s+from\s+(?<table>${NAME})\s*(?<rest>.*)$`, 'is'),
  new RegExp(String.raw`^\s*select\b.*?\bfrom\s+(?<table>${NAME})\s*(?<rest>.*?)\bfor\s+update\b`, 'is'),
]

/** The rows that a statement on a single table locks, as SQL has them; undefined where it is of another form. */
export function targetOf(sql: string): Target | undefined {
  for (const form of FORMS) {
    const { table, rest = '' } = form.exec(sql)?.groups ?? {}
    if (table !== undefined && !/^\s*(?:,|\b(?:inner|left|right|cross|join|as)\b)/i.test(rest)) {
      return { table, rest: rest.trim() }
    }
  }
  return undefined
}

/**
 * Transactions that hold locks on the rows which a waiting statement is about, by their numbers: told by the storage
 * engine, over the status port. https://github.com/pingcap/tidb/blob/master/docs/tidb_http_api.md
 *
 * @param status the server's status API, such as `http://127.0.0.1:10080`.
 * @returns undefined where that can't be told: a statement of another form, too many rows, a key that is no whole number.
 */
export async function rowLockers(
  connection: TiDBConnection,
  status: string,
  connectionId: number,
): Promise<Set<string> | undefined> {
  const [process] = await connection.query<{ sql: string | null; db: string | null }>(
    'select info as `sql`, db from information_schema.processlist where id = ?',
    [connectionId],
  )
  const target = targetOf(process?.sql ?? '')
  if (target === undefined) return undefined
  const [first = '', second] = target.table.split('.').map((name) => name.trim().replace(/^`|`$/g, ''))
  const [database, table] = second === undefined ? [process?.db ?? '', first] : [first, second]
  const handle = await handleOf(connection, database, table)
  const place = `${quoteName(database)}.${quoteName(table)}`
  const rows = await connection.query<{ handle: number | string }>(
    `select ${handle} as handle from ${place} ${target.rest} ${/\blimit\b/i.test(target.rest) ? '' : `limit ${ROWS_MOST + 1}`}`,
  )
  if (rows.length > ROWS_MOST) return undefined
  const lockers = new Set<string>()
  for (const row of rows) {
    if (!/^-?\d+$/.test(String(row.handle))) return undefined
    const path = [database, table, row.handle].map((part) => encodeURIComponent(part)).join('/')
    const answer = await fetch(`${status}/mvcc/key/${path}`, { signal: AbortSignal.timeout(1_000) })
    // As text: the numbers of transactions have more digits than JavaScript's.
    const locker = /"lock":\s*\{[^}]*"start_ts":\s*(\d+)/.exec(await answer.text())?.[1]
    if (locker !== undefined) lockers.add(locker)
  }
  return lockers
}

/** The column by which rows are kept: a primary key that is a whole number, else the hidden one. */
async function handleOf(connection: TiDBConnection, database: string, table: string): Promise<string> {
  const keys = await connection.query<{ name: string }>(
    `select column_name as name from information_schema.tidb_indexes
      where table_schema = ? and table_name = ? and key_name = 'PRIMARY' and clustered = 'YES'`,
    [database, table],
  )
  return keys[0] === undefined || keys.length > 1 ? '_tidb_rowid' : quoteName(keys[0].name)
}
