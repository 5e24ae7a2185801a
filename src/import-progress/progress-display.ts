import type { ImportProgress } from '../import-jobs/import-record.ts'

/** Shows the progress of import jobs, one way or another. */
export interface ProgressDisplay {
  /**
   * @param sender which worker watches the job: two of them may each have a job with the same number.
   * @param now in ms, of a clock that does not go back.
   */
  onProgress(progress: ImportProgress, sender: number, now: number): void
  /** A worker is gone, and its jobs are no longer watched. */
  onGone(sender: number): void
  /** The run is over: nothing is left on the screen that would have to change. */
  end(): void
}
