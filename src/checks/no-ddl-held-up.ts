import { formatDuration } from '../number-format.ts'
import { printable } from '../redact.ts'
import { defineCheck } from './check.ts'
import { durationLimit } from './limits.ts'

/** No transaction holds up a DDL job. */
export const noDdlHeldUp = defineCheck({
  name: 'no-ddl-held-up',
  title: 'No transaction holds up a DDL job',
  severity: 'warning',
  limits: { heldFor: durationLimit('10s', 'how long a transaction may hold it up') },
  // The view reads the transactions of all tidb-servers.
  needs: { everyNode: true, privileges: ['SELECT', 'PROCESS'] },
  advice:
    'commit or roll back the transaction, or KILL TIDB its session; every later change of that table waits as well',
  docs: 'https://docs.pingcap.com/tidb/stable/metadata-lock/',
  source: 'mysql.tidb_mdl_view',
  async run({ session, limits }) {
    const held = await session.query<{ job: string; place: string; query: string; holder: string; ageMs: string }>(
      `select cast(m.job_id as char) as job, concat_ws('.', m.db_name, m.table_name) as place, m.query,
        cast(m.session_id as char) as holder, timestampdiff(microsecond, j.create_time, now(6)) div 1000 as ageMs
      from mysql.tidb_mdl_view m join information_schema.ddl_jobs j on j.job_id = m.job_id
      where timestampdiff(microsecond, j.create_time, now(6)) div 1000 > ?`,
      [limits.heldFor],
    )
    return held.map(({ job, place, query, holder, ageMs }) => ({
      subject: { kind: 'session', name: holder },
      message: `its transaction on ${place} has held up DDL job ${job} for ${formatDuration(Number(ageMs))}: ${printable(query)}`,
      observed: Number(ageMs),
      limit: limits.heldFor,
    }))
  },
})
