import type { Querier } from 'vitest-tidb/checks'

/** A job as the real SHOW IMPORT JOB prints it, in the columns that scripts are about. */
export async function show(session: Querier, id: string | undefined): Promise<Record<string, unknown>> {
  const [row = {}] = await session.query('show import job ?', [Number(id)])
  const { Status: status, Phase: phase, Imported_Rows: rows, Result_Message: message } = row
  return { status, phase, rows, message, started: row.Start_Time !== null, ended: row.End_Time !== null }
}

/** How many rows there are in each table that a play writes into. */
export async function countRows(session: Querier): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of TABLES) {
    const [row] = await session.query<{ n: number }>(`select count(*) as n from mysql.${table}`)
    counts[table] = row?.n ?? 0
  }
  return counts
}

const TABLES = [
  'tidb_import_jobs',
  'tidb_global_task',
  'tidb_global_task_history',
  'tidb_background_subtask',
  'tidb_background_subtask_history',
]

/** The same with nothing in them. */
export const NO_ROWS = Object.fromEntries(TABLES.map((table) => [table, 0]))
