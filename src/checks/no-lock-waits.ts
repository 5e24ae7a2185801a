import { formatDuration } from '../number-format.ts'
import { printable } from '../redact.ts'
import { defineCheck } from './check.ts'
import { durationLimit } from './limits.ts'

/** No statement waits long for a lock. */
export const noLockWaits = defineCheck({
  name: 'no-lock-waits',
  title: 'No statement waits long for a lock',
  severity: 'warning',
  limits: { waitingFor: durationLimit('10s', 'how long a statement may wait') },
  needs: { everyNode: true, privileges: ['PROCESS'] },
  advice:
    'information_schema.data_lock_waits names the transaction that holds the lock: let it end, or KILL TIDB its session',
  docs: 'https://docs.pingcap.com/tidb/stable/information-schema-tidb-trx/',
  source: 'information_schema.cluster_tidb_trx',
  async run({ session, limits }) {
    const waits = await session.query<{ instance: string; id: string; user: string; statement: string; ms: string }>(
      `select p.instance, cast(t.session_id as char) as id, t.user, coalesce(t.current_sql_digest_text, '(unknown)') as statement,
        p.time * 1000 as ms
      from information_schema.cluster_tidb_trx t join information_schema.cluster_processlist p
        on p.id = t.session_id and p.instance = t.instance
      where t.state = 'LockWaiting' and p.time * 1000 >= ?`,
      [limits.waitingFor],
    )
    return waits.map(({ instance, id, user, statement, ms }) => ({
      subject: { kind: 'session', name: `${id} on ${instance}` },
      message: `${user} has been waiting for a lock for ${formatDuration(Number(ms))}: ${printable(statement)}`,
      observed: Number(ms),
      limit: limits.waitingFor,
    }))
  },
})
