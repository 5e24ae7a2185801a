import type { Value } from '../connection/connection.ts'

/** An instant by the server's clock: so many ms before the statement that writes it; negative is in the future. */
export interface Instant {
  readonly agoMs: number
}

/** What a column of a job table is set to. */
export type ColumnValue = Value | Instant

/** Columns of a row of the job tables, by the server's own names for them. */
export type Columns = Readonly<Record<string, ColumnValue>>

/** What one moment of a script changes in the job tables; what is not named stays as it is. */
export interface Change {
  /** Of `mysql.tidb_import_jobs`. */
  readonly job?: Columns
  /** Rows imported so far, as a running job shows them. */
  readonly rows?: bigint
  /** Of `mysql.tidb_global_task`. */
  readonly task?: Columns
  /** Of `mysql.tidb_background_subtask`. */
  readonly subtask?: Columns
  /** Whether the job has a task: a running job without one fails SHOW IMPORT JOBS as a whole. */
  readonly hasTask?: boolean
  /** Whether the server knows the job. */
  readonly exists?: boolean
}

/** When something changes, and what. */
export interface Moment {
  /** Since the job was created, in ms. */
  readonly atMs: number
  readonly change: Change
}

/** One step as it was written; an advance that takes time has several moments. */
export interface ScriptedStep {
  /** What it does, in a few words, for errors: `finish`. */
  readonly text: string
  readonly moments: readonly Moment[]
}

/** One import job over time. */
export interface ScriptedJob {
  readonly name: string
  /** The database played into, if undefined. */
  readonly database: string | undefined
  /** The server's number for it; the server gives one, if undefined. */
  readonly id: number | undefined
  /** Who created it, as in `select current_user()`; whoever plays it, where undefined. */
  readonly user: string | undefined
  /** When it is created, since the play began, in ms. */
  readonly atMs: number
  /** How long ago it was created, in ms; such a job is written once, as it ended. */
  readonly ageMs: number | undefined
  /** How many there are of it. */
  readonly repeat: number
  /** Its row at first. */
  readonly columns: Columns
  readonly steps: readonly ScriptedStep[]
}

/** Import jobs described over time. Plain data. */
export interface JobScript {
  /** Where it was read, for errors: the path of its file. */
  readonly where: string
  readonly jobs: readonly ScriptedJob[]
}
