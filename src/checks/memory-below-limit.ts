import { formatSize } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { ratioLimit } from './limits.ts'
import { nearLimit, type Use } from './near-limit.ts'

/** No tidb-server is near its memory limit. */
export const memoryBelowLimit = defineCheck({
  name: 'memory-below-limit',
  title: 'No tidb-server is near its memory limit',
  severity: 'warning',
  limits: { share: ratioLimit(0.8, 'part of tidb_server_memory_limit that may be in use') },
  needs: { everyNode: true, privileges: ['PROCESS'] },
  advice:
    'find the statements that take it (information_schema.cluster_processlist.mem), lower tidb_mem_quota_query, or give the server more',
  docs: 'https://docs.pingcap.com/tidb/stable/configure-memory-usage/',
  source: 'information_schema.cluster_memory_usage',
  async run({ session, limits }) {
    const nodes = await session.query<Use>(
      `select instance, memory_current as used, memory_limit as most from information_schema.cluster_memory_usage`,
    )
    return nearLimit(nodes, limits.share, (used, most) => `uses ${formatSize(used)} of ${formatSize(most)}`)
  },
})
