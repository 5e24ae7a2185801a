import type { ImportJob } from '../import-jobs/import-job.ts'
import { serverClock } from '../import-jobs/server-clock.ts'
import { listImportJobs } from '../import-jobs/show.ts'
import { shortMessage } from '../import-jobs/server-message.ts'
import { defineCheck } from './check.ts'
import { durationLimit } from './limits.ts'

/** No import job that ended within `since` failed; what is not known counts. */
export const noFailedImports = defineCheck({
  name: 'no-failed-imports',
  title: 'No import job failed lately',
  severity: 'warning',
  limits: { since: durationLimit('24h', 'how far back to look for failed jobs') },
  // Without it, the server lists only jobs of the user's own.
  needs: { privileges: ['SUPER'] },
  advice: 'mend what the message says and import again; the table may hold a part of the rows',
  docs: 'https://docs.pingcap.com/tidb/stable/sql-statement-show-import-job/',
  source: 'SHOW IMPORT JOBS',
  async run({ session, limits }) {
    const begin = (await serverClock(session)) - limits.since
    return (await listImportJobs(session))
      .filter((job) => job.failedSince(begin) !== false)
      .map((job) => ({ subject: { kind: 'job', name: `import job ${job.id}` }, message: describe(job) }))
  },
})

function describe({ status, targetTable, endTime, resultMessage }: ImportJob): string {
  const how = status !== 'failed' ? `is ${status}` : `failed at ${endTime?.toISOString() ?? 'an unknown time'}`
  return `into ${targetTable} ${how}: ${shortMessage(resultMessage)}`
}
