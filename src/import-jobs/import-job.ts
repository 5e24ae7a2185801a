import { redact } from '../redact.ts'
import { parseTime } from './job-time.ts'
import { parseBytes, parseCount, parseTimeLeft } from './units.ts'
import { formatQuantity } from '../number-format.ts'

type Columns = Readonly<Record<string, unknown>>

const ACTIVE = new Set(['pending', 'running', 'awaiting-resolution'])
const ENDED_WELL = new Set(['finished', 'cancelled', 'vanished'])

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

  constructor(columns: Columns, timeZone = 'UTC') {
    this.columns = withoutSecrets(columns)
    const byName = new Map(Object.entries(this.columns).map(([name, value]) => [name.toLowerCase(), value]))
    const text = (name: string) => {
      const value = byName.get(name)
      return value === undefined || value === null ? undefined : `${value as string | number}`
    }
    this.timeZone = timeZone
    this.id = text('job_id') ?? ''
    this.groupKey = text('group_key') || undefined
    // The documentation spells it canceled, the server cancelled.
    this.status = (text('status') ?? '').replace('canceled', 'cancelled')
    this.phase = text('phase') ?? ''
    this.dataSource = text('data_source') ?? ''
    this.targetTable = text('target_table') ?? ''
    this.tableId = Number(text('table_id') ?? Number.NaN) || undefined
    this.sourceFileSize = parseBytes(text('source_file_size'))
    this.importedRows = parseCount(text('imported_rows'))
    this.resultMessage = text('result_message') ?? ''
    this.createTime = parseTime(text('create_time'), timeZone)
    this.startTime = parseTime(text('start_time'), timeZone)
    this.endTime = parseTime(text('end_time'), timeZone)
    this.lastUpdateTime = parseTime(text('last_update_time'), timeZone)
    this.createdBy = text('created_by') ?? ''
    this.step = byName.has('cur_step') ? stepOf(text) : undefined
  }

  /** Pending or running, or waiting for somebody to decide whether it goes on. */
  get active(): boolean {
    return ACTIVE.has(this.status)
  }

  /** Begun and not over: what should move. A pending job waits for its turn. */
  get begun(): boolean {
    return this.active && this.status !== 'pending'
  }

  /**
   * Whether it failed at that instant or later, in ms since 1970; undefined for ever. What is not known counts: a failed
   * job of which the server does not say when it ended, and a status that this class does not know. One that awaits
   * resolution has failed, and goes on only if somebody decides so.
   */
  failedSince(begin: number | undefined): boolean {
    if (ENDED_WELL.has(this.status) || this.status === 'pending' || this.status === 'running') return false
    if (this.status !== 'failed' || begin === undefined) return true
    return this.endTime === undefined || this.endTime.getTime() >= begin
  }

  /** From start to end by the server's clock, in ms; undefined before its end, and when that clock went backwards. */
  get durationMs(): number | undefined {
    if (this.startTime === undefined || this.endTime === undefined) return undefined
    const duration = this.endTime.getTime() - this.startTime.getTime()
    return duration < 0 ? undefined : duration
  }

  /** The same job, gone from the server's list. */
  vanished(): ImportJob {
    return new ImportJob({ ...this.columns, Status: 'vanished' }, this.timeZone)
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
