import type { Problem } from './finding.ts'
import { defineCheck } from './check.ts'

export interface StoreState {
  readonly address: string
  readonly state: string
  readonly heartbeat: Date | string | null
}

/** What rows of the table say: `Up`, `Disconnected` after 20 s without a heartbeat, `Down` after 30 min, `Offline` while it leaves, `Tombstone` when it has left. */
export function notUp(rows: readonly StoreState[]): Problem[] {
  return rows
    .filter(({ state }) => state !== 'Up' && state !== 'Tombstone')
    .map(({ address, state, heartbeat }) => ({
      subject: { kind: 'store', name: address },
      message: `is ${state}, last heartbeat at ${heartbeat instanceof Date ? heartbeat.toISOString() : heartbeat}`,
      ...(state === 'Offline' && { severity: 'info' as const, advice: 'nothing: it is being removed' }),
      observed: state,
      limit: 'Up',
    }))
}

/** Every store is up. */
export const storesUp = defineCheck({
  name: 'stores-up',
  title: 'Every store is up',
  severity: 'critical',
  needs: { stores: true, privileges: ['PROCESS'] },
  advice: 'see whether its TiKV or TiFlash runs, and reaches PD; its log says why it ended',
  docs: 'https://docs.pingcap.com/tidb/stable/tikv-overview/',
  source: 'information_schema.tikv_store_status',
  run: async ({ session }) =>
    notUp(
      await session.query<StoreState>(
        `select address, store_state_name as state, last_heartbeat_ts as heartbeat from information_schema.tikv_store_status`,
      ),
    ),
})
