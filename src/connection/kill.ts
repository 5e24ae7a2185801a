import { clearTimeout, delay, performance, setTimeout } from '../clock.ts'
import { StatementError } from '../errors.ts'
import type { TiDBConnection } from './connection.ts'
import { cancelDdlJob, ddlJobsOf, ddlJobState, endedDdlJobs, hidesDdlJobs } from './ddl-jobs.ts'
import { isDefinition, mayDefine } from './statement-kind.ts'

/** A connection to cancel through, and how many statements are being cancelled through it. */
interface Shared {
  readonly connection: Promise<TiDBConnection>
  users: number
}

const shared = new Map<string, Shared>()

/**
 * Work over a connection that cancels. Those asked for at once share one: a thousand statements given up together must
 * not dial a server that may be full a thousand times.
 *
 * @param server tells apart whom to dial and how. @param withinMs the connection is cut when the work takes longer.
 * @throws if the server takes no further connection, or does not answer in time.
 */
export async function cancelThrough<T>(
  server: string,
  open: () => Promise<TiDBConnection>,
  withinMs: number,
  work: (control: TiDBConnection) => Promise<T>,
): Promise<T> {
  let control = shared.get(server)
  if (control === undefined) shared.set(server, (control = { connection: open(), users: 0 }))
  control.users += 1
  let timer: NodeJS.Timeout | undefined
  try {
    const connection = await control.connection
    timer = setTimeout(() => connection.destroy(), withinMs)
    return await work(connection)
  } finally {
    clearTimeout(timer)
    control.users -= 1
    if (control.users === 0) {
      shared.delete(server)
      // Nobody waits for the goodbye.
      void control.connection.then((connection) => connection.close()).catch(() => undefined)
    }
  }
}

/**
 * Ends the statement that a connection has under way, with KILL QUERY.
 * https://docs.pingcap.com/tidb/stable/sql-statement-kill/
 */
async function kill(control: TiDBConnection, id: number): Promise<void> {
  try {
    await control.query(`kill tidb query ${id}`)
  } catch (error) {
    // A server that is not a TiDB does not know the word.
    if (!(error instanceof StatementError) || error.errno !== 1064) throw error
    await control.query(`kill query ${id}`)
  }
}

const LOOK_EVERY_MS = 10

/** A statement that is to end in the server. */
export interface Victim {
  /** The server's number for its connection. */
  readonly connectionId: number
  readonly sql: string
  /** Settles when its client has its answer, and is over then. */
  readonly over: Promise<void>
  readonly isOver: () => boolean
  /** Whether it ended well. Asked once it is over. */
  readonly succeeded: () => boolean
  /** For how long its end is waited for, in ms. */
  readonly withinMs: number
  /** Called once KILL QUERY was answered: an upload may say then that there is no more, and is not taken for complete. */
  readonly onKilled: () => void
}

/**
 * Ends a statement in the server, and waits for its end.
 *
 * KILL QUERY stops no DDL in TiDB: its client gets 1317 when the job has ended, and the change is made (v8.5.6). So its
 * job is cancelled instead.
 *
 * @returns what became of DDL, in words; undefined of other statements: what KILL QUERY ends is not carried out.
 */
export async function endStatement(control: TiDBConnection, victim: Victim): Promise<string | undefined> {
  if (mayDefine(victim.sql)) {
    try {
      return await endDefinition(control, victim)
    } catch (error) {
      if (!hidesDdlJobs(error)) throw error
      await endOther(control, victim)
      // A server that is not a TiDB has no such jobs: what is killed there is not made.
      if (error.errno === 1146 || !isDefinition(victim.sql)) return undefined
      return 'it is not known whether the change was made: cancelling DDL needs SELECT on the schema mysql, and SUPER'
    }
  }
  await endOther(control, victim)
  return undefined
}

async function endOther(
  control: TiDBConnection,
  { connectionId, over, isOver, withinMs, onKilled }: Victim,
): Promise<void> {
  if (!isOver()) await kill(control, connectionId)
  onKilled()
  await Promise.race([over, delay(withinMs, undefined, { ref: false })])
}

async function endDefinition(control: TiDBConnection, victim: Victim): Promise<string | undefined> {
  const { connectionId, sql, over, isOver } = victim
  const deadline = performance.now() + victim.withinMs
  const before = await endedDdlJobs(control, connectionId, sql)
  const cancelled = new Map<string, boolean>()
  let killed = false
  // A statement may have several jobs, one after the other: DROP TABLE has one for each table.
  while (!isOver() && performance.now() < deadline) {
    const jobs = await ddlJobsOf(control, [connectionId])
    for (const { id } of jobs) if (!cancelled.has(id)) cancelled.set(id, await cancelDdlJob(control, id))
    // After a job that was cancelled its statement ends by itself: v8.5.4 closes a connection that KILL QUERY finds idle.
    if (jobs.length === 0 && cancelled.size === 0 && !killed && !isOver()) {
      killed = true
      await kill(control, connectionId)
    }
    await Promise.race([over, delay(LOOK_EVERY_MS)])
  }
  const last = [...cancelled].at(-1)
  if (!isOver()) {
    if (last === undefined) return undefined
    const [id, stops] = last
    if (!stops) return `its DDL job ${id} has gone too far to be cancelled: the change will be made`
    return `its DDL job ${id} is being cancelled, and still waits for transactions to end`
  }
  const known = new Set(before.map(({ id }) => id))
  const since = (await endedDdlJobs(control, connectionId, sql)).filter(({ id }) => !known.has(id))
  const own = new Set([...cancelled.keys(), ...since.flatMap((job) => (job.connectionId === undefined ? [] : job.id))])
  const made: string[] = []
  for (const id of own) if ((await ddlJobState(control, id)) === 'made') made.push(id)
  if (made.length > 0) {
    const part = victim.succeeded() ? '' : ', or a part of it'
    return `the change was made anyway${part}: DDL job ${made.join(', ')} could no longer be cancelled`
  }
  if (own.size > 0) return `its DDL job ${[...own].join(', ')} was cancelled: nothing was changed`
  if (since.length > 0) return 'it is not known whether the change was made: several connections shared a DDL job'
  return undefined
}
