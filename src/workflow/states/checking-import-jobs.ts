import type { ImportJob } from '../../import-jobs/import-job.ts'
import { listImportJobs } from '../../import-jobs/show.ts'
import { defineState } from '../define-state.ts'
import { formatCount, formatQuantity } from '../../number-format.ts'

export interface CheckingImportJobsResult {
  /** Every import job that this user may see. Without SUPER, only the user's own. */
  readonly jobs: readonly ImportJob[]
  /** Those that are pending or running. */
  readonly active: readonly ImportJob[]
}

/** CheckingImportJobs: SHOW IMPORT JOBS, read by column name, and which of the jobs are active. */
export const checkingImportJobs = defineState({
  name: 'CheckingImportJobs',
  needs: ['Connecting'],
  finding: ({ jobs, active }: CheckingImportJobsResult) =>
    `${formatCount(active.length)} active of ${formatQuantity(jobs.length, 'import job')}`,
  async run({ connection }): Promise<CheckingImportJobsResult> {
    const jobs = await listImportJobs(connection)
    return { jobs, active: jobs.filter((job) => job.active) }
  },
})
