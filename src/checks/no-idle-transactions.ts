import { formatDuration } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { durationLimit } from './limits.ts'

/** No session sits idle with a transaction open. */
export const noIdleTransactions = defineCheck({
  name: 'no-idle-transactions',
  title: 'No session sits idle with a transaction open',
  severity: 'warning',
  limits: { idleFor: durationLimit('5m', 'how long a session may be idle in a transaction') },
  needs: { everyNode: true, privileges: ['PROCESS'] },
  advice: 'let the application commit or roll back before it does something else; KILL TIDB ends the session',
  docs: 'https://docs.pingcap.com/tidb/stable/information-schema-processlist/',
  source: 'information_schema.cluster_processlist',
  async run({ session, limits }) {
    const sessions = await session.query<{ instance: string; id: string; user: string; seconds: number | string }>(
      `select instance, cast(id as char) as id, user, time as seconds from information_schema.cluster_processlist
      where command = 'Sleep' and txnstart <> '' and time * 1000 >= ? order by time desc`,
      [limits.idleFor],
    )
    return sessions.map(({ instance, id, user, seconds }) => ({
      subject: { kind: 'session', name: `${id} on ${instance}` },
      message: `${user} has been idle in a transaction for ${formatDuration(Number(seconds) * 1_000)}`,
      observed: Number(seconds) * 1_000,
      limit: limits.idleFor,
    }))
  },
})
