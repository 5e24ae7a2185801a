import type { Querier } from '../connection/ask.ts'

const KEY = 'ImportInto/'

/** The plan in a task has the threads that the job was given, whoever chose them. */
const planned = (table: string) =>
  `select task_key, json_extract(if(json_valid(cast(meta as char)), cast(meta as char), null), '$.Plan.ThreadCnt') as threads,
    0 as rank_no from ${table} where task_key in (?)`

/** The server forgets tasks before jobs: what the statement asked for, if it did, is then all that is known. */
const THREADS = `${planned('mysql.tidb_global_task')} union all ${planned('mysql.tidb_global_task_history')}
  union all select concat('${KEY}', id), json_unquote(json_extract(if(json_valid(parameters), parameters, null), '$.options.thread')),
    1 from mysql.tidb_import_jobs where id in (?) order by rank_no`

/**
 * How many threads jobs have on each node, by their numbers; without those of whom the server does not say.
 *
 * @throws {StatementError} if this user may not read the tables behind, or the release has none such.
 */
export async function threadsOf(querier: Querier, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const keys = ids.map((id) => `${KEY}${id}`)
  const rows = await querier.query<{ task_key: string; threads: unknown }>(THREADS, [keys, keys, ids.map(BigInt)])
  const threads = new Map<string, number>()
  for (const row of rows) {
    const id = row.task_key.slice(KEY.length)
    const count = Number(row.threads ?? Number.NaN)
    if (Number.isInteger(count) && count > 0 && !threads.has(id)) threads.set(id, count)
  }
  return threads
}
