import type { TiDBConnection } from '../connection/connection.ts'
import { StatementError } from '../errors.ts'

type Columns = Readonly<Record<string, unknown>>

/** One row of SHOW IMPORT JOBS, read by column name. https://docs.pingcap.com/tidb/stable/sql-statement-show-import-job/ */
export class ImportJob {
  /** Every column as the server names and returns it, those that this class has no name for included. */
  readonly columns: Columns
  /** Number of the job, as text. */
  readonly id: string
  /** `pending`, `running`, `finished`, `failed` or `cancelled`; `vanished` where the server forgot it while watched. */
  readonly status: string
  /** Step of a running job, such as `global-sorting` or `importing`; empty before and after. */
  readonly phase: string
  readonly dataSource: string
  readonly targetTable: string
  /** Rows imported so far; undefined where the server does not say. */
  readonly importedRows: number | undefined
  /** What the server says of how the job ended. */
  readonly resultMessage: string
  /** When it was created, started and ended, in the time zone of the session; undefined where it was not yet. */
  readonly createTime: string | undefined
  readonly startTime: string | undefined
  readonly endTime: string | undefined

  constructor(columns: Columns) {
    const read = (name: string) => columns[name] ?? columns[name.toLowerCase()]
    const text = (name: string) => (read(name) === undefined || read(name) === null ? undefined : String(read(name)))
    this.columns = columns
    this.id = text('Job_ID') ?? ''
    // The documentation spells it canceled, the server cancelled.
    this.status = (text('Status') ?? '').replace('canceled', 'cancelled')
    this.phase = text('Phase') ?? ''
    this.dataSource = text('Data_Source') ?? ''
    this.targetTable = text('Target_Table') ?? ''
    const rows = text('Imported_Rows')
    this.importedRows = rows === undefined ? undefined : Number(rows)
    this.resultMessage = text('Result_Message') ?? ''
    this.createTime = text('Create_Time')
    this.startTime = text('Start_Time')
    this.endTime = text('End_Time')
  }

  /** Pending or running. */
  get active(): boolean {
    return this.status === 'pending' || this.status === 'running'
  }

  /** The same job, gone from the server's list. */
  vanished(): ImportJob {
    return new ImportJob({ ...this.columns, Status: 'vanished' })
  }

  /** One line for reports. */
  describe(): string {
    const rows = this.importedRows === undefined ? '' : `, ${this.importedRows} rows`
    const phase = this.phase === '' ? '' : ` (${this.phase})`
    return `import job ${this.id} into ${this.targetTable}: ${this.status}${phase}${rows}`
  }
}

/** Every import job that the user of this session may see. */
export async function listImportJobs(session: TiDBConnection): Promise<ImportJob[]> {
  return (await session.query('show import jobs', [], AS_TEXT)).map((row) => new ImportJob(row))
}

/** One job by its number: cheap however long the history of jobs is. @throws {StatementError} 8170 where there is none. */
export async function showImportJob(session: TiDBConnection, id: string): Promise<ImportJob | undefined> {
  const [row] = await session.query('show import job ?', [Number(id)], AS_TEXT)
  return row && new ImportJob(row)
}

/** Whether SHOW IMPORT JOBS failed as a whole, as a running job had no task for a moment. */
export function isTaskMissing(error: unknown): boolean {
  return error instanceof StatementError && error.errno === 1105 && /task not found/i.test(error.message)
}

// Times are in the session's time zone, which the driver does not know: as text they are at least what the server said.
const AS_TEXT = { dateStrings: true } as const
