import { formatDuration } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { durationLimit } from './limits.ts'

interface Transaction {
  instance: string
  session: number | string
  user: string
  state: string
  ageMs: string
}

/** No transaction on any node has been open for longer than `olderThan`. */
export const noOldTransactions = defineCheck({
  name: 'no-old-transactions',
  title: 'No transaction has been open for long',
  severity: 'warning',
  limits: { olderThan: durationLimit('10m', 'how long a transaction may be open') },
  needs: { everyNode: true, privileges: ['PROCESS'] },
  advice:
    'commit or roll it back, or KILL TIDB the session: it holds locks, and holds up garbage collection and DDL on its tables',
  docs: 'https://docs.pingcap.com/tidb/stable/information-schema-tidb-trx/',
  source: 'information_schema.cluster_tidb_trx',
  async run({ session, limits }) {
    const transactions = await session.query<Transaction>(
      `select instance, session_id as session, user, state,
        timestampdiff(microsecond, start_time, now(6)) div 1000 as ageMs
      from information_schema.cluster_tidb_trx
      where timestampdiff(microsecond, start_time, now(6)) div 1000 > ? and session_id <> connection_id()
      order by start_time`,
      [limits.olderThan],
    )
    return transactions.map(({ instance, session: id, user, state, ageMs }) => ({
      subject: { kind: 'session', name: `${id} on ${instance}` },
      message: `${user} has had a transaction open for ${formatDuration(Number(ageMs))} (${state})`,
      observed: Number(ageMs),
      limit: limits.olderThan,
    }))
  },
})
