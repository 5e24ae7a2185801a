import { redact } from '../redact.ts'
import { isActive, meaningOf, type StatusMeaning } from './job-status.ts'
import { parseTime, possibleInstants, type JobInstants } from './job-time.ts'
import { parseBytes, parseCount, parseTimeLeft } from './units.ts'
import { formatQuantity } from '../number-format.ts'

type Columns = Readonly<Record<string, unknown>>

/** The status of a job that the server forgot while it was watched: our word, not the server's. */
export const VANISHED = 'vanished'

/** Columns in which newer servers say how far the step is: of some steps as counts that are no sizes. */
const STEP_COLUMNS = ['cur_step', 'cur_step_processed_size', 'cur_step_total_size', 'cur_step_progress_pct']

/** What newer servers say of the step that a running job is in. */
export interface ImportStep {
  /** Such as `encode`; empty if it is not in one. */
  readonly name: string
  /** In bytes, to four digits. */
  readonly processedBytes: number | undefined
  readonly totalBytes: number | undefined
  /** 0 to 100. */
  readonly percent: number | undefined
  readonly bytesPerSecond: number | undefined
  /** Time left of this step by the server's own estimate, in ms. */
  readonly timeLeftMs: number | undefined
}

/**
 * One row of SHOW IMPORT JOBS, read by column name: servers up to 8.5 have 13 columns, newer ones 21 in another order.
 * https://docs.pingcap.com/tidb/stable/sql-statement-show-import-job/
 */
export class ImportJob {
  /** Every column as the server names and returns it, those that this class has no name for included. */
  readonly columns: Columns
  /** Zone in which the server printed the times. */
  readonly timeZone: string
  /** Number of the job, as text. */
  readonly id: string
  /** Group that the job was started with; undefined if the server knows none. */
  readonly groupKey: string | undefined
  /** `pending`, `running`, `finished`, `failed` or `cancelled`; newer servers: `awaiting-resolution`; `vanished` if the server forgot it while watched. */
  readonly status: string
  /** `global-sorting`, `importing`, `resolving-conflicts`, `validating` or `add-index`; empty before and after. */
  readonly phase: string
  readonly dataSource: string
  /** Quoted, as the server prints it: `` `shop`.`orders` ``. */
  readonly targetTable: string
  readonly tableId: number | undefined
  /** Size of the source in bytes. The server prints four digits of it, so it is right to about 0.05%. */
  readonly sourceFileSize: number | undefined
  /** Rows imported so far: a bigint if a number would not be exact, undefined if the server does not say. */
  readonly importedRows: number | bigint | undefined
  /** What the server says of how the job ended. */
  readonly resultMessage: string
  /** When it was created, started and ended; undefined if it was not yet. A cancelled job has no end in 8.5. */
  readonly createTime: Date | undefined
  readonly startTime: Date | undefined
  readonly endTime: Date | undefined
  /** When the server last noted progress; undefined before 9.0. */
  readonly lastUpdateTime: Date | undefined
  /** `user@host` of the account that started it. */
  readonly createdBy: string
  /** The step that it is in; undefined before 9.0. */
  readonly step: ImportStep | undefined
  /** Everything in which it can move, as the server printed it. */
  readonly #standing: string
  readonly #instants: JobInstants | undefined

  /** Whether a time of it is one that the clocks of its zone show twice, and which of the two is not known. */
  readonly timesUnclear: boolean

  /** @param instants its times, if they are known better than by what the server printed. */
  constructor(columns: Columns, timeZone = 'UTC', instants?: JobInstants) {
    this.columns = withoutSecrets(columns)
    const byName = new Map(Object.entries(this.columns).map(([name, value]) => [name.toLowerCase(), value]))
    const text = (name: string) => {
      const value = byName.get(name)
      return value === undefined || value === null ? undefined : `${value as string | number}`
    }
    this.timeZone = timeZone
    this.id = text('job_id') ?? ''
    this.groupKey = text('group_key') || undefined
    const status = text('status') ?? ''
    // The manual spells it canceled, the server cancelled.
    this.status = meaningOf(status) === 'cancelled' ? 'cancelled' : status
    this.phase = text('phase') ?? ''
    this.dataSource = text('data_source') ?? ''
    this.targetTable = text('target_table') ?? ''
    this.tableId = Number(text('table_id') ?? Number.NaN) || undefined
    this.sourceFileSize = parseBytes(text('source_file_size'))
    this.importedRows = parseCount(text('imported_rows'))
    this.resultMessage = text('result_message') ?? ''
    this.#instants = instants
    const printed = ['create_time', 'start_time', 'end_time'].map((name) => possibleInstants(text(name), timeZone))
    this.timesUnclear = instants === undefined && printed.some(({ length }) => length > 1)
    const [created, started, ended] = printed.map((possible) => (possible.length === 1 ? possible[0] : undefined))
    this.createTime = instants?.createTime ?? created
    this.startTime = instants?.startTime ?? started
    this.endTime = instants?.endTime ?? ended
    this.lastUpdateTime = parseTime(text('last_update_time'), timeZone)
    this.createdBy = text('created_by') ?? ''
    this.step = byName.has('cur_step') ? stepOf(text) : undefined
    this.#standing = JSON.stringify([this.status, this.phase, text('imported_rows'), ...STEP_COLUMNS.map(text)])
  }

  /** What its status means; see docs/import-jobs.md for the table. */
  get meaning(): StatusMeaning {
    return meaningOf(this.status)
  }

  /** Pending or running, or waiting for somebody to decide whether it goes on. */
  get active(): boolean {
    return isActive(this.meaning)
  }

  /** Begun and not over: what should move. A pending job waits for its turn. */
  get begun(): boolean {
    return this.active && this.meaning !== 'queued'
  }

  /** Whether the server says anything else of how far it is than it did before. */
  movedSince(before: ImportJob): boolean {
    return this.#standing !== before.#standing
  }

  /**
   * Whether both are the same job: the server may use a number again, for a job that was created at another time. That
   * is another time only if the server printed another one, and it is another instant as well: it may print in another
   * zone after a restart.
   */
  isSame(other: ImportJob): boolean {
    if (this.id !== other.id) return false
    return printedCreation(this) === printedCreation(other) || Number(this.createTime) === Number(other.createTime)
  }

  /**
   * Whether it failed at that instant or later, in ms since 1970; undefined for ever. One that is held has failed, and
   * goes on only if somebody decides so. `unknown` if the server does not say: a failed job without the time of its end,
   * one that vanished, a status that no release has.
   */
  failedSince(begin: number | undefined): boolean | 'unknown' {
    const { meaning, endTime } = this
    if (meaning === 'unknown') return 'unknown'
    if (meaning === 'held') return true
    if (meaning !== 'failed') return false
    if (begin === undefined) return true
    return endTime === undefined ? 'unknown' : endTime.getTime() >= begin
  }

  /** From start to end by the server's clock, in ms; undefined before its end, and when that clock went backwards. */
  get durationMs(): number | undefined {
    if (this.startTime === undefined || this.endTime === undefined) return undefined
    const duration = this.endTime.getTime() - this.startTime.getTime()
    return duration < 0 ? undefined : duration
  }

  /** The same job, gone from the server's list. */
  vanished(): ImportJob {
    return new ImportJob({ ...this.columns, Status: VANISHED }, this.timeZone, this.#instants)
  }

  /** One line for reports. */
  describe(): string {
    const rows = this.importedRows === undefined ? '' : `, ${formatQuantity(this.importedRows, 'row')}`
    const phase = this.phase === '' ? '' : ` (${this.phase})`
    return `import job ${this.id} into ${this.targetTable}: ${this.status}${phase}${rows}`
  }
}

/** Whatever is done with a job, printed or kept, is done without the keys in its source and in what the server says. */
function withoutSecrets(columns: Columns): Columns {
  return Object.fromEntries(
    Object.entries(columns).map(([name, value]) => [name, typeof value === 'string' ? redact(value) : value]),
  )
}

function printedCreation({ columns }: ImportJob): unknown {
  return Object.entries(columns).find(([name]) => name.toLowerCase() === 'create_time')?.[1]
}

function stepOf(text: (name: string) => string | undefined): ImportStep {
  const percent = Number.parseFloat(text('cur_step_progress_pct') ?? '')
  return {
    name: text('cur_step') ?? '',
    processedBytes: parseBytes(text('cur_step_processed_size')),
    totalBytes: parseBytes(text('cur_step_total_size')),
    percent: Number.isNaN(percent) ? undefined : percent,
    bytesPerSecond: parseBytes(text('cur_step_speed')),
    timeLeftMs: parseTimeLeft(text('cur_step_eta')),
  }
}
