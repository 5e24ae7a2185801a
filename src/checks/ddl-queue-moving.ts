import { formatDuration } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { durationLimit } from './limits.ts'

interface Job {
  id: number
  kind: string
  place: string
  state: string
  ageMs: string
}

/** No DDL job has been waiting or running for longer than `stuckAfter`. */
export const ddlQueueMoving = defineCheck({
  name: 'ddl-queue-moving',
  title: 'No DDL job is stuck',
  severity: 'warning',
  limits: { stuckAfter: durationLimit('10m', 'how long a DDL job may wait or run') },
  // Without it, only jobs of tables that this user may see are listed.
  needs: { privileges: ['SELECT'] },
  advice:
    'see whether a transaction holds it up (mysql.tidb_mdl_view), or ADMIN CANCEL DDL JOBS; adding an index takes its time',
  docs: 'https://docs.pingcap.com/tidb/stable/information-schema-ddl-jobs/',
  source: 'information_schema.ddl_jobs',
  async run({ session, limits }) {
    const jobs = await session.query<Job>(
      `select job_id as id, job_type as kind, concat_ws('.', db_name, table_name) as place, state,
        timestampdiff(microsecond, create_time, now(6)) div 1000 as ageMs
      from information_schema.ddl_jobs
      where end_time is null and state not in ('synced', 'cancelled', 'rollback done')
        and timestampdiff(microsecond, create_time, now(6)) div 1000 > ?
      order by job_id`,
      [limits.stuckAfter],
    )
    return jobs.map(({ id, kind, place, state, ageMs }) => ({
      subject: { kind: 'job', name: `DDL job ${id}` },
      message: `${kind} on ${place} has been ${state} for ${formatDuration(Number(ageMs))}`,
      observed: Number(ageMs),
      limit: limits.stuckAfter,
    }))
  },
})
