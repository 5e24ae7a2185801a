import { toMs, type Duration } from '../duration.ts'
import type { Querier } from '../connection/ask.ts'
import { findingOf, type Finding } from './finding.ts'
import { formatDuration } from '../number-format.ts'

interface Transaction {
  instance: string
  session: number | string
  user: string
  state: string
  ageMs: string
}

/**
 * No transaction on any node has been open for longer than `olderThan`.
 *
 * Source: https://docs.pingcap.com/tidb/stable/information-schema-tidb-trx/
 */
export async function noOldTransactions(
  session: Querier,
  { olderThan = '10m' }: { readonly olderThan?: Duration } = {},
): Promise<Finding[]> {
  const transactions = await session.query<Transaction>(
    `select instance, session_id as session, user, state,
      timestampdiff(microsecond, start_time, now(6)) div 1000 as ageMs
    from information_schema.cluster_tidb_trx
    where timestampdiff(microsecond, start_time, now(6)) div 1000 > ? and session_id <> connection_id()
    order by start_time`,
    [toMs(olderThan, 'olderThan')],
  )
  return transactions.map(({ instance, session: id, user, state, ageMs }) =>
    findingOf({
      check: 'no-old-transactions',
      subject: `session ${id} on ${instance}`,
      message: `${user} has had a transaction open for ${formatDuration(Number(ageMs))} (${state})`,
    }),
  )
}
