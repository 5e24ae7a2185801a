import { toMs, type Duration } from '../duration.ts'
import { ImportJob } from '../import-jobs/import-job.ts'
import type { Finding, Querier } from './finding.ts'

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
  // Both times come from the server, in the time zone of the same session: as text they compare as they are.
  const asText = { dateStrings: true } as const
  const [clock] = await session.query<{ start: string }>(
    'select now(6) - interval ? microsecond as start',
    [sinceMs * 1_000],
    asText,
  )
  const jobs = (await session.query('show import jobs', [], asText)).map((row) => new ImportJob(row))
  return jobs
    .filter(
      ({ status, endTime, createTime }) => status === 'failed' && (endTime ?? createTime ?? '') >= (clock?.start ?? ''),
    )
    .map(({ id, targetTable, endTime, resultMessage }) => ({
      check: 'no-failed-imports',
      subject: `import job ${id}`,
      message: `into ${targetTable} failed at ${endTime ?? 'an unknown time'}: ${resultMessage}`,
    }))
}
