import { formatQuantity, formatSize } from '../number-format.ts'
import type { Problem } from './finding.ts'
import { defineCheck } from './check.ts'
import { countLimit } from './limits.ts'

/** A table or index that PD counts as hot, as `information_schema.tidb_hot_regions` has it. */
export interface HotRegions {
  /** `read` or `write`. */
  readonly kind: string
  readonly place: string
  readonly regions: number | string
  readonly degree: number | string
  readonly bytes: number | string
}

/** Those that have been hot for longer than so many minutes. */
export function hotFor(rows: readonly HotRegions[], minutes: number): Problem[] {
  return rows
    .filter(({ degree }) => Number(degree) > minutes)
    .map(({ kind, place, regions, degree, bytes }) => ({
      subject: { kind: 'table', name: place },
      message: `${formatQuantity(regions, 'region')} hot by ${kind}, for ${formatQuantity(degree, 'minute')}, with ${formatSize(Number(bytes))}/s`,
      observed: Number(degree),
      limit: minutes,
    }))
}

/** No region stays hot. */
export const noHotRegions = defineCheck({
  name: 'no-hot-regions',
  title: 'No region stays hot',
  severity: 'info',
  limits: { degree: countLimit(10, 'minutes that a region may be hot, which PD calls its degree') },
  needs: { stores: true, privileges: ['PROCESS'] },
  advice: 'spread the writes (AUTO_RANDOM, SHARD_ROW_ID_BITS, PRE_SPLIT_REGIONS), or the reads (SPLIT TABLE, a cache)',
  docs: 'https://docs.pingcap.com/tidb/stable/troubleshoot-hot-spot-issues/',
  source: 'information_schema.tidb_hot_regions',
  run: async ({ session, limits }) =>
    hotFor(
      await session.query<HotRegions>(
        `select type as kind, concat_ws('.', db_name, table_name, index_name) as place, count(*) as regions,
          max(max_hot_degree) as degree, sum(flow_bytes) as bytes
        from information_schema.tidb_hot_regions group by kind, place order by bytes desc`,
      ),
      limits.degree,
    ),
})
