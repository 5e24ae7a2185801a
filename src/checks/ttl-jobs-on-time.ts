import { formatDuration } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { durationLimit } from './limits.ts'

/** TTL jobs run when they should. */
export const ttlJobsOnTime = defineCheck({
  name: 'ttl-jobs-on-time',
  title: 'TTL jobs run when they should',
  severity: 'warning',
  limits: { late: durationLimit('2d', 'how long ago the last job of a table may have begun') },
  needs: { privileges: ['SELECT'] },
  advice:
    'see whether tidb_ttl_job_enable is on and the window (tidb_ttl_job_schedule_window_…) leaves them time; mysql.tidb_ttl_job_history has what they did',
  docs: 'https://docs.pingcap.com/tidb/stable/time-to-live/',
  source: 'mysql.tidb_ttl_table_status',
  async run({ session, limits }) {
    const late = await session.query<{ name: string; last: string; ageMs: string }>(
      `select coalesce(concat(t.table_schema, '.', t.table_name), concat('table ', s.table_id)) as name,
        cast(s.last_job_start_time as char) as last,
        timestampdiff(microsecond, s.last_job_start_time, now(6)) div 1000 as ageMs
      from mysql.tidb_ttl_table_status s
      left join information_schema.tables t on t.tidb_table_id = s.parent_table_id
      where s.current_job_id is null and timestampdiff(microsecond, s.last_job_start_time, now(6)) div 1000 > ?`,
      [limits.late],
    )
    return late.map(({ name, last, ageMs }) => ({
      subject: { kind: 'table', name },
      message: `its last TTL job began at ${last}, ${formatDuration(Number(ageMs))} ago`,
      observed: Number(ageMs),
      limit: limits.late,
    }))
  },
})
