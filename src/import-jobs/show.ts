import { ImportJobError, StatementError } from '../errors.ts'
import { ImportJob } from './import-job.ts'
import { toJobId, type JobReference } from './job-id.ts'
import type { Querier } from '../connection/ask.ts'
import type { ListedJobs } from './listed-jobs.ts'
import { jobInstants, zoneOfJobTimes } from './job-time.ts'

/** What these statements may be given: whatever cancels them, and the zone of the times if it is known already. */
export interface ShowOptions {
  readonly signal?: AbortSignal | undefined
  readonly timeZone?: string | undefined
  /** The jobs of the last list, if another follows. */
  readonly listed?: ListedJobs | undefined
}

// https://docs.pingcap.com/tidb/stable/error-codes/ : ER_LOAD_DATA_JOB_NOT_FOUND
const NO_SUCH_JOB = 8170
const UNKNOWN = 1105

/** Every import job that the user of this session may see: all with SUPER, else the user's own. */
export async function listImportJobs(querier: Querier, options: ShowOptions = {}): Promise<ImportJob[]> {
  try {
    return await read(querier, 'show import jobs', options)
  } catch (error) {
    if (!isServersOwnFailure(error)) throw error
    return listOneByOne(querier, error as StatementError, options)
  }
}

/**
 * One job by its number: cheap however long the history of jobs is. One that has ended and that the server can't show
 * is read from the table behind, if this user may.
 *
 * @throws {StatementError} 8170 if there is none.
 */
export async function showImportJob(
  querier: Querier,
  job: JobReference,
  options: ShowOptions = {},
): Promise<ImportJob | undefined> {
  const id = toJobId(job)
  try {
    const [shown] = await read(querier, `show import job ${id}`, options)
    return shown
  } catch (error) {
    if (!isServersOwnFailure(error)) throw error
    const behind = await rowsBehind(querier, options, id).catch(() => [])
    const ended = behind.find(({ active }) => !active)
    if (ended === undefined) throw error
    return ended
  }
}

/** Whether there is no such job: it never was, or the server forgot it. */
export function isJobMissing(error: unknown): boolean {
  return error instanceof StatementError && error.errno === NO_SUCH_JOB
}

/**
 * Whether SHOW IMPORT JOBS failed as a whole through no fault of who asked: one running job had no task for a moment
 * ("task not found"), or a finished one has no summary (a nil pointer in 8.5).
 */
export function isServersOwnFailure(error: unknown): boolean {
  return error instanceof StatementError && error.errno === UNKNOWN
}

async function read(
  querier: Querier,
  statement: string,
  { signal, timeZone, listed }: ShowOptions,
): Promise<ImportJob[]> {
  // The driver knows nothing of the zone of the times: as text they are at least what the server said.
  const rows = await querier.query<Record<string, unknown>>(statement, [], { dateStrings: true, signal })
  const [first] = rows
  if (first === undefined) return []
  const zone = timeZone ?? (await zoneOf(querier, new ImportJob(first)))
  const jobs = listed?.read(rows, zone) ?? rows.map((row) => new ImportJob(row, zone))
  const unclear = jobs.filter(({ timesUnclear }) => timesUnclear)
  if (unclear.length === 0) return jobs
  const instants = await jobInstants(querier, unclear, signal)
  return jobs.map((job) => (job.timesUnclear ? new ImportJob(job.columns, zone, instants.get(job.id)) : job))
}

function zoneOf(querier: Querier, { id, columns }: ImportJob): Promise<string> {
  const createTime = `${(columns['Create_Time'] ?? '') as string}`
  return zoneOfJobTimes(querier, { id, createTime })
}

/** The row behind a job, in the columns of SHOW IMPORT JOBS. Its times are in UTC. */
const ROWS_BEHIND = `select cast(id as char) as Job_ID,
    json_unquote(json_extract(parameters, '$."file-location"')) as Data_Source,
    concat('\`', replace(table_schema, '\`', '\`\`'), '\`.\`', replace(table_name, '\`', '\`\`'), '\`') as Target_Table,
    table_id as Table_ID, step as Phase, status as Status, concat(source_file_size, 'B') as Source_File_Size,
    cast(json_extract(nullif(summary, ''), '$."imported-rows"') as char) as Imported_Rows,
    ifnull(error_message, '') as Result_Message, convert_tz(create_time, @@time_zone, '+00:00') as Create_Time,
    convert_tz(start_time, @@time_zone, '+00:00') as Start_Time, convert_tz(end_time, @@time_zone, '+00:00') as End_Time,
    created_by as Created_By
  from mysql.tidb_import_jobs`

async function rowsBehind(querier: Querier, { signal }: ShowOptions, id?: string): Promise<ImportJob[]> {
  const sql = `${ROWS_BEHIND} ${id === undefined ? 'order by id' : `where id = ${id}`}`
  const rows = await querier.query<Record<string, unknown>>(sql, [], { dateStrings: true, signal })
  return rows.map((row) => new ImportJob(row))
}

/** When one job makes the statement fail for all, the others are still shown; that job only as far as its row says. */
async function listOneByOne(querier: Querier, cause: StatementError, options: ShowOptions): Promise<ImportJob[]> {
  let rows: readonly ImportJob[]
  try {
    rows = await rowsBehind(querier, options)
  } catch {
    throw new ImportJobError(
      undefined,
      "the server can't list its import jobs, because one of them makes the statement fail",
      {
        host: cause.host,
        answer: cause.answer,
        hints: [
          'a running job without a task causes this for a moment: try again',
          'if it lasts: a user who may read mysql.tidb_import_jobs sees the others; SHOW IMPORT JOB with a number works too',
        ],
        cause,
      },
    )
  }
  const jobs: ImportJob[] = []
  let timeZone = options.timeZone
  for (const bare of rows) {
    if (!bare.active) {
      jobs.push(bare)
      continue
    }
    // Only the statement knows how far a running job has come.
    try {
      const job = await showImportJob(querier, bare, { signal: options.signal, timeZone })
      timeZone ??= job?.timeZone
      if (job !== undefined) jobs.push(job)
    } catch (error) {
      if (isServersOwnFailure(error)) jobs.push(bare)
      else if (!isJobMissing(error)) throw error
    }
  }
  return jobs
}
