import { printable } from '../redact.ts'
import { defineCheck } from './check.ts'
import { durationLimit } from './limits.ts'

/** No deadlocks lately. */
export const noDeadlocks = defineCheck({
  name: 'no-deadlocks',
  title: 'No deadlocks lately',
  severity: 'warning',
  limits: { since: durationLimit('1h', 'how far back deadlocks count') },
  needs: { everyNode: true, privileges: ['PROCESS'] },
  advice: 'let all transactions lock rows in the same order, and do the rest of their work elsewhere',
  docs: 'https://docs.pingcap.com/tidb/stable/information-schema-deadlocks/',
  source: 'information_schema.cluster_deadlocks',
  async run({ session, limits }) {
    const deadlocks = await session.query<{ instance: string; id: string; at: string; statements: string }>(
      `select instance, cast(deadlock_id as char) as id, cast(min(occur_time) as char) as at,
        group_concat(distinct coalesce(current_sql_digest_text, '(unknown)') separator ' | ') as statements
      from information_schema.cluster_deadlocks
      where timestampdiff(microsecond, occur_time, now(6)) div 1000 <= ?
      group by instance, deadlock_id order by at`,
      [limits.since],
    )
    return deadlocks.map(({ instance, id, at, statements }) => ({
      subject: { kind: 'deadlock', name: `${id} on ${instance}` },
      message: `at ${at}, between ${printable(statements)}`,
      observed: statements,
    }))
  },
})
