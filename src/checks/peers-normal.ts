import { formatDuration, formatQuantity } from '../number-format.ts'
import type { Problem } from './finding.ts'
import { defineCheck } from './check.ts'

export interface PeerCount {
  readonly store: number | string
  /** `PENDING` or `DOWN`. */
  readonly status: string
  readonly peers: number | string
  readonly seconds: number | string | null
}

/** What rows of the table say, by store. */
export function unwell(rows: readonly PeerCount[]): Problem[] {
  return rows.map(({ store, status, peers, seconds }) => ({
    subject: { kind: 'store', name: `store ${store}` },
    message: `${formatQuantity(peers, 'peer')} ${status.toLowerCase()}${seconds === null ? '' : `, for up to ${formatDuration(Number(seconds) * 1_000)}`}`,
    severity: status === 'DOWN' ? ('critical' as const) : ('warning' as const),
    observed: Number(peers),
    limit: 0,
  }))
}

/** No region has a peer that is down or behind. */
export const peersNormal = defineCheck({
  name: 'peers-normal',
  title: 'No region has a peer that is down or behind',
  severity: 'warning',
  needs: { stores: true, privileges: ['PROCESS'] },
  advice: 'a store is down or overloaded: see stores-up, and the operators of PD (pd-ctl operator show)',
  docs: 'https://docs.pingcap.com/tidb/stable/information-schema-tikv-region-peers/',
  source: 'information_schema.tikv_region_peers',
  run: async ({ session }) =>
    unwell(
      await session.query<PeerCount>(
        `select store_id as store, status, count(*) as peers, max(down_seconds) as seconds
        from information_schema.tikv_region_peers where status <> 'NORMAL' group by store_id, status`,
      ),
    ),
})
