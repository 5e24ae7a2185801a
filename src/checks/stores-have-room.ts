import { parseBytes } from '../import-jobs/units.ts'
import { formatShare, formatSize } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { ratioLimit } from './limits.ts'

/** Every store has room left. */
export const storesHaveRoom = defineCheck({
  name: 'stores-have-room',
  title: 'Every store has room left',
  severity: 'critical',
  limits: { free: ratioLimit(0.2, 'part of the capacity that should be free') },
  needs: { stores: true, privileges: ['PROCESS'] },
  advice: 'add a store or a larger disk: TiKV takes no writes any more once its disk is full',
  docs: 'https://docs.pingcap.com/tidb/stable/tikv-configuration-file/#reserve-space',
  source: 'information_schema.tikv_store_status',
  async run({ session, limits }) {
    const stores = await session.query<{ address: string; capacity: string; available: string }>(
      `select address, capacity, available from information_schema.tikv_store_status where store_state_name <> 'Tombstone'`,
    )
    return stores
      .map(({ address, capacity, available }) => ({ address, all: parseBytes(capacity), free: parseBytes(available) }))
      .flatMap(({ address, all, free }) => {
        if (all === undefined || free === undefined || all === 0 || free / all >= limits.free) return []
        return {
          subject: { kind: 'store', name: address },
          message: `has ${formatSize(free)} of ${formatSize(all)} left, ${formatShare(free / all)}`,
          observed: free / all,
          limit: limits.free,
        }
      })
  },
})
