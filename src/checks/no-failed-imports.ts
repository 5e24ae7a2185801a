import { toMs, type Duration } from '../duration.ts'
import type { ImportJob } from '../import-jobs/import-job.ts'
import { listImportJobs } from '../import-jobs/show.ts'
import type { Querier } from '../connection/ask.ts'
import { findingOf, type Finding } from './finding.ts'

/**
 * No import job that ended within `since` failed. Without SUPER, only the user's own jobs are seen.
 *
 * Source: https://docs.pingcap.com/tidb/stable/sql-statement-show-import-job/
 */
export async function noFailedImports(
  session: Querier,
  { since = '24h' }: { readonly since?: Duration } = {},
): Promise<Finding[]> {
  const sinceMs = toMs(since, 'since')
  const [clock] = await session.query<{ now: string | number }>('select unix_timestamp(now(6)) as now')
  const begin = Number(clock?.now) * 1_000 - sinceMs
  return (await listImportJobs(session))
    .filter((job) => job.failedSince(begin))
    .map((job) => findingOf({ check: 'no-failed-imports', subject: `import job ${job.id}`, message: describe(job) }))
}

function describe({ status, targetTable, endTime, resultMessage }: ImportJob): string {
  const how = status !== 'failed' ? `is ${status}` : `failed at ${endTime?.toISOString() ?? 'an unknown time'}`
  return `into ${targetTable} ${how}: ${resultMessage}`
}
