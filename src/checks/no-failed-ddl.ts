import { defineCheck } from './check.ts'
import { durationLimit } from './limits.ts'

/** No DDL job failed lately. */
export const noFailedDdl = defineCheck({
  name: 'no-failed-ddl',
  title: 'No DDL job failed lately',
  severity: 'warning',
  limits: { since: durationLimit('24h', 'how far back failed jobs count') },
  needs: { privileges: ['SELECT'] },
  advice: 'ADMIN SHOW DDL JOB QUERIES has the statement; mend what stopped it and send it again',
  docs: 'https://docs.pingcap.com/tidb/stable/information-schema-ddl-jobs/',
  source: 'information_schema.ddl_jobs',
  async run({ session, limits }) {
    const jobs = await session.query<{ id: string; kind: string; place: string; state: string; ended: string }>(
      `select cast(job_id as char) as id, job_type as kind, concat_ws('.', db_name, table_name) as place, state,
        cast(end_time as char) as ended
      from information_schema.ddl_jobs
      where state in ('cancelled', 'rollback done') and timestampdiff(microsecond, end_time, now(6)) div 1000 <= ?
      order by job_id`,
      [limits.since],
    )
    return jobs.map(({ id, kind, place, state, ended }) => ({
      subject: { kind: 'job', name: `DDL job ${id}` },
      message: `${kind} on ${place} ended in ${state} at ${ended}`,
      observed: state,
    }))
  },
})
