import type { TiDBConnection } from './connection.ts'
import { hidesDdlJobs, jobField } from './ddl-jobs.ts'
import type { LockAccount } from './lock-wait.ts'
import { isDefinition } from './statement-kind.ts'

/** What a job works on, by TiDB's `model.InvolvingSchemaInfo`: `*` stands for all of them. */
interface Involved {
  readonly database?: string
  readonly table?: string
  readonly policy?: string
  readonly resource_group?: string
  /** 0: alone; 1: with others of mode 1. */
  readonly mode?: number
}

/** A DDL job in the queue: an entry of mysql.tidb_ddl_job. */
interface Job {
  readonly id: string
  readonly connectionId: number
  /** Start timestamp of its first step; 0 before. */
  readonly startedAt: string
  readonly database: string | null
  readonly table: string | null
  readonly involved: readonly Involved[] | string | null
}

const text = (path: string) => `json_unquote(${jobField(path)})`

/** Oldest first. Its entry names the connection that sent the statement, so no two statements are taken for one. */
const JOBS = `select cast(job_id as char) as id, ${text('trace_info.connection_id')} as connectionId,
    ${text('real_start_ts')} as startedAt, ${text('schema_name')} as \`database\`, ${text('table_name')} as \`table\`,
    ${text('involving_schema_info')} as involved
  from mysql.tidb_ddl_job order by job_id`

/** Transactions on the tables of a job that waits: https://docs.pingcap.com/tidb/stable/metadata-lock/ */
const TRANSACTIONS = `select v.session_id as id, cast(t.id as char) as trx from mysql.tidb_mdl_info i
    left join mysql.tidb_mdl_view v on v.job_id = i.job_id
    left join information_schema.cluster_tidb_trx t on t.session_id = v.session_id
  where i.job_id = ?`

/** Whether a statement that may be DDL waits for transactions on its tables, or for other DDL. */
export async function definitionWait(
  connection: TiDBConnection,
  { connectionId, sql }: { readonly connectionId: number; readonly sql: string },
): Promise<LockAccount> {
  try {
    const jobs = await connection.query<Job>(JOBS)
    const own = jobs.findLast((job) => Number(job.connectionId) === connectionId)
    if (own === undefined) return undefined
    return own.startedAt === '0'
      ? queueWait(connectionId, own, jobs)
      : await transactionWait(connection, connectionId, own)
  } catch (error) {
    if (!hidesDdlJobs(error)) throw error
    if (!isDefinition(sql)) return undefined
    const { user } = connection.address
    return { connectionId, doubt: `the user ${user} may not read the DDL jobs of the schema mysql`, lasting: true }
  }
}

async function transactionWait(connection: TiDBConnection, connectionId: number, job: Job): Promise<LockAccount> {
  const rows = await connection.query<{ id: number | null; trx: string | null }>(TRANSACTIONS, [job.id])
  // Each step of a job is announced there, whether or not anybody is in its way.
  if (rows.length === 0) return undefined
  const open = rows.flatMap(({ id, trx }) => (id === null ? [] : [{ id, trx }]))
  if (open.length === 0) {
    return { connectionId, doubt: 'its DDL job waits for transactions that no server lists', lasting: false }
  }
  const [only, second] = open
  if (only !== undefined && second === undefined)
    return { connectionId, kind: 'metadata', holders: [only.id], maybe: [] }
  // The server lists all that use the table. Those that were open before the job began are in its way for sure.
  const isOlder = (trx: string | null) => trx !== null && BigInt(trx) < BigInt(job.startedAt)
  const older = open.filter(({ trx }) => isOlder(trx)).map(({ id }) => id)
  const others = open.map(({ id }) => id).filter((id) => !older.includes(id))
  return { connectionId, kind: 'metadata', holders: older, maybe: others }
}

function queueWait(connectionId: number, own: Job, jobs: readonly Job[]): LockAccount {
  const ahead = jobs.slice(0, jobs.indexOf(own)).filter((job) => collide(involvedIn(job), involvedIn(own)))
  if (ahead.length === 0) {
    return { connectionId, doubt: 'its DDL job has not begun, and no other is on the same tables', lasting: false }
  }
  const holders = [...new Set(ahead.map((job) => Number(job.connectionId)))]
  return { connectionId, kind: 'queue', holders, maybe: [] }
}

function involvedIn({ database, table, involved }: Job): readonly Involved[] {
  const listed = typeof involved === 'string' ? (JSON.parse(involved) as Involved[] | null) : involved
  if (listed !== null && listed.length > 0) return listed
  return [{ database: database ?? '', table: table || '*' }]
}

/** The rule by which TiDB lets one job wait for another: https://docs.pingcap.com/tidb/stable/ddl-introduction/ */
function collide(ones: readonly Involved[], others: readonly Involved[]): boolean {
  return ones.some((one) => others.some((other) => collides(one, other)))
}

function collides(one: Involved, other: Involved): boolean {
  if (one.mode === 1 && other.mode === 1) return false
  const same = (a: string | undefined, b: string | undefined) => a === b || a === '*' || b === '*'
  if (one.database && other.database) return same(one.database, other.database) && same(one.table, other.table)
  if (one.policy && other.policy) return one.policy === other.policy
  return Boolean(one.resource_group) && one.resource_group === other.resource_group
}
