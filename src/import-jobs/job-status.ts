/** What a status means for whoever watches the job, lists it, or asserts how it ended. */
export type StatusMeaning =
  /** It waits for its turn. */
  | 'queued'
  /** It runs: it should move. */
  | 'running'
  /** It failed on the way, and stays as it is until a person has it go on or cancels it. */
  | 'held'
  | 'finished'
  | 'failed'
  | 'cancelled'
  /** Nobody can say how it ended. */
  | 'unknown'

export interface JobStatus {
  readonly meaning: StatusMeaning
  /** Releases that have it. */
  readonly releases: string
  /** Where that was read. */
  readonly source: string
}

const JOB = 'https://github.com/pingcap/tidb/blob/v8.5.4/pkg/executor/importer/job.go'
const MANUAL = 'https://docs.pingcap.com/tidb/stable/sql-statement-show-import-job/'
const HELD = 'https://github.com/pingcap/tidb/pull/59679'

/** Every status of SHOW IMPORT JOBS. docs/import-jobs.md has this table, and a unit test compares them. */
export const jobStatuses: Readonly<Record<string, JobStatus>> = {
  pending: { meaning: 'queued', releases: 'all', source: JOB },
  running: { meaning: 'running', releases: 'all', source: JOB },
  // Not a status of the job, but of its task, which SHOW IMPORT JOBS puts in the place of `running`.
  'awaiting-resolution': { meaning: 'held', releases: 'after 8.5', source: HELD },
  finished: { meaning: 'finished', releases: 'all', source: JOB },
  failed: { meaning: 'failed', releases: 'all', source: JOB },
  cancelled: { meaning: 'cancelled', releases: 'all', source: JOB },
  // The spelling of the manual.
  canceled: { meaning: 'cancelled', releases: 'none so far', source: MANUAL },
}

/** What the server's word means; `unknown` if no release that this package knows has it. */
export function meaningOf(status: string): StatusMeaning {
  return Object.hasOwn(jobStatuses, status) ? (jobStatuses[status] as JobStatus).meaning : 'unknown'
}

const ACTIVE: readonly StatusMeaning[] = ['queued', 'running', 'held']

/** Whether a job of that status may still go on. */
export function isActive(meaning: StatusMeaning): boolean {
  return ACTIVE.includes(meaning)
}
