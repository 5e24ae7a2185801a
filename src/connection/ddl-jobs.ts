import { StatementError } from '../errors.ts'
import type { Row } from './rows.ts'

/** What asks: any connection of a user who may read the schema `mysql`. */
interface Control {
  query<R extends object = Row>(sql: string, values?: readonly (string | number)[]): Promise<R[]>
}

/** A DDL statement as TiDB carries it out: a job in a queue of the whole cluster, which outlives its connection. */
export interface DdlJob {
  readonly id: string
  /** The server's number for the connection that asked for it; undefined if several share the job. */
  readonly connectionId: number | undefined
}

/** How a job stands. `made` and `undone` are final. */
type DdlJobState = 'at work' | 'made' | 'undone'

/** A field of a job's entry, in SQL over a table with `job_meta`: JSON, by its path, such as `trace_info.connection_id`. */
export function jobField(path: string): string {
  return `json_extract(convert(job_meta using utf8mb4), '$.${path}')`
}

const CONNECTION = jobField('trace_info.connection_id')

/**
 * The jobs that some connections have in the queue, waiting or at work.
 * https://docs.pingcap.com/tidb/stable/ddl-introduction/
 *
 * @throws {StatementError} 1143 if the user may not read the schema `mysql`, 1146 if the server is not a TiDB.
 * @example const jobs = await ddlJobsOf(control, [bob.id])
 */
export async function ddlJobsOf(control: Control, connectionIds: readonly number[]): Promise<DdlJob[]> {
  const rows = await control.query<{ id: string; connectionId: number }>(
    `select cast(job_id as char) as id, cast(${CONNECTION} as unsigned) as connectionId from mysql.tidb_ddl_job
      where ${CONNECTION} in (${connectionIds.map(() => '?').join(', ')})`,
    connectionIds,
  )
  return rows.map(({ id, connectionId }) => ({ id, connectionId: Number(connectionId) }))
}

/**
 * ADMIN CANCEL DDL JOBS, which stops a job that is not too far on: its statement then fails with 8214.
 * https://docs.pingcap.com/tidb/stable/sql-statement-admin-cancel-ddl/
 *
 * @returns false if it is too far on.
 * @throws {StatementError} if the user has no right to.
 */
export async function cancelDdlJob(control: Control, id: string): Promise<boolean> {
  const [row] = await control.query<{ RESULT: string }>(`admin cancel ddl jobs ${id}`)
  return row?.RESULT === 'successful'
}

/** By the numbers that TiDB's `model.JobState` gives them: done and synced; rolled back and cancelled. */
const STATES = new Map<number, DdlJobState>([
  [3, 'undone'],
  [4, 'made'],
  [5, 'undone'],
  [6, 'made'],
])

/** How a job stands; undefined if the server no longer knows it. */
export async function ddlJobState(control: Control, id: string): Promise<DdlJobState | undefined> {
  for (const table of ['tidb_ddl_history', 'tidb_ddl_job']) {
    const [row] = await control.query<{ state: number }>(
      `select cast(${jobField('state')} as signed) as state from mysql.${table} where job_id = ?`,
      [id],
    )
    if (row !== undefined) return STATES.get(Number(row.state)) ?? 'at work'
  }
  return undefined
}

/** How many of the newest jobs that ended are looked through for those of a connection. */
const NEWEST = 64

/** Of the newest jobs that have ended: those of a connection with this text, and those that several connections share. */
export async function endedDdlJobs(control: Control, connectionId: number, sql: string): Promise<DdlJob[]> {
  const rows = await control.query<{ id: string; connectionId: number | null; sql: string | null }>(
    `select cast(job_id as char) as id, cast(${CONNECTION} as unsigned) as connectionId,
        json_unquote(${jobField('query')}) as \`sql\`
      from (select job_id, job_meta from mysql.tidb_ddl_history order by job_id desc limit ${NEWEST}) as newest`,
  )
  return rows.flatMap((row) => {
    const id = Number(row.connectionId ?? 0) || undefined
    if (id !== undefined && (id !== connectionId || row.sql?.trim() !== sql.trim())) return []
    return [{ id: row.id, connectionId: id }]
  })
}

/** Whether an answer means that this server has no DDL jobs that this user could see. */
export function hidesDdlJobs(error: unknown): error is StatementError {
  return error instanceof StatementError && [1044, 1142, 1143, 1146, 1227, 8121].includes(error.errno ?? 0)
}
