import { formatCount, formatShare } from '../number-format.ts'
import type { Problem } from './finding.ts'
import { defineCheck } from './check.ts'
import { ratioLimit } from './limits.ts'

export interface StoreLeaders {
  readonly address: string
  readonly leaders: number | string
  readonly weight: number | string
}

// With fewer, one region more or less is a large part.
const ENOUGH = 50

/** The stores that are further from the mean than that part of it. */
export function uneven(rows: readonly StoreLeaders[], apart: number): Problem[] {
  const stores = rows.map(({ address, leaders, weight }) => ({
    address,
    leaders: Number(leaders) / (Number(weight) || 1),
  }))
  const mean = stores.reduce((sum, { leaders }) => sum + leaders, 0) / stores.length
  if (stores.length < 2 || mean < ENOUGH) return []
  return stores
    .map(({ address, leaders }) => ({ address, leaders, off: Math.abs(leaders - mean) / mean }))
    .filter(({ off }) => off > apart)
    .map(({ address, leaders, off }) => ({
      subject: { kind: 'store', name: address },
      message: `has ${formatCount(leaders)} leaders by its weight, the mean is ${formatCount(mean)}: ${formatShare(off)} off`,
      observed: off,
      limit: apart,
    }))
}

/** Leaders are spread evenly over the stores. */
export const leadersBalanced = defineCheck({
  name: 'leaders-balanced',
  title: 'Leaders are spread evenly over the stores',
  severity: 'warning',
  limits: { apart: ratioLimit(0.3, 'how far a store may be from the mean, as a part of it') },
  needs: { stores: true, privileges: ['PROCESS'] },
  advice: 'see whether a scheduler evicts leaders (pd-ctl scheduler show), or labels and weights of stores differ',
  docs: 'https://docs.pingcap.com/tidb/stable/pd-scheduling-best-practices/',
  source: 'information_schema.tikv_store_status',
  run: async ({ session, limits }) =>
    uneven(
      await session.query<StoreLeaders>(
        `select address, leader_count as leaders, leader_weight as weight from information_schema.tikv_store_status
        where store_state_name = 'Up' and (label is null or cast(label as char) not like '%tiflash%')`,
      ),
      limits.apart,
    ),
})
