import { toMs, type Duration } from '../duration.ts'
import type { ImportJob } from '../import-jobs/import-job.ts'
import { serverClock } from '../import-jobs/server-clock.ts'
import { listImportJobs } from '../import-jobs/show.ts'
import { shortMessage } from '../import-jobs/server-message.ts'
import type { Querier } from '../connection/ask.ts'
import { findingOf, type Finding } from './finding.ts'

/**
 * No import job that ended within `since` failed; what is not known counts. Without SUPER, only the user's own jobs are seen.
 *
 * Source: https://docs.pingcap.com/tidb/stable/sql-statement-show-import-job/
 */
export async function noFailedImports(
  session: Querier,
  { since = '24h' }: { readonly since?: Duration } = {},
): Promise<Finding[]> {
  const sinceMs = toMs(since, 'since')
  const begin = (await serverClock(session)) - sinceMs
  return (await listImportJobs(session))
    .filter((job) => job.failedSince(begin) !== false)
    .map((job) => findingOf({ check: 'no-failed-imports', subject: `import job ${job.id}`, message: describe(job) }))
}

function describe({ status, targetTable, endTime, resultMessage }: ImportJob): string {
  const how = status !== 'failed' ? `is ${status}` : `failed at ${endTime?.toISOString() ?? 'an unknown time'}`
  return `into ${targetTable} ${how}: ${shortMessage(resultMessage)}`
}
