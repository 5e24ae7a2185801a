import type { ImportHistory } from '../import-history/import-history.ts'
import type { ImportRecord } from '../import-jobs/import-record.ts'
import type { WatchedImportJob } from '../import-jobs/watched-import-job.ts'

/** What a job's pace is compared with. */
export interface PaceSource {
  /** The configured history; undefined if none is. */
  readonly history: ImportHistory | undefined
  /** How many of the last runs count, and how many there must be. */
  readonly runs: number
  readonly minRuns: number
  /** What is known of the job now. */
  readonly record: () => ImportRecord
}

/** The source of each watched job: the fixtures note one, and `toKeepPace` looks it up here. */
export const paceSources = new WeakMap<WatchedImportJob, PaceSource>()
