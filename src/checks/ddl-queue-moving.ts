import { toMs, type Duration } from '../duration.ts'
import type { Querier } from '../connection/ask.ts'
import { findingOf, type Finding } from './finding.ts'
import { formatDuration } from '../number-format.ts'

interface Job {
  id: number
  kind: string
  place: string
  state: string
  ageMs: string
}

/**
 * No DDL job has been waiting or running for longer than `stuckAfter`.
 *
 * Source: https://docs.pingcap.com/tidb/stable/information-schema-ddl-jobs/
 */
export async function ddlQueueMoving(
  session: Querier,
  { stuckAfter = '10m' }: { readonly stuckAfter?: Duration } = {},
): Promise<Finding[]> {
  const jobs = await session.query<Job>(
    `select job_id as id, job_type as kind, concat_ws('.', db_name, table_name) as place, state,
      timestampdiff(microsecond, create_time, now(6)) div 1000 as ageMs
    from information_schema.ddl_jobs
    where end_time is null and state not in ('synced', 'cancelled', 'rollback done')
      and timestampdiff(microsecond, create_time, now(6)) div 1000 > ?
    order by job_id`,
    [toMs(stuckAfter, 'stuckAfter')],
  )
  return jobs.map(({ id, kind, place, state, ageMs }) =>
    findingOf({
      check: 'ddl-queue-moving',
      subject: `DDL job ${id}`,
      message: `${kind} on ${place} has been ${state} for ${formatDuration(Number(ageMs))}`,
    }),
  )
}
