import { formatShare, formatSize } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { ratioLimit } from './limits.ts'

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
    const nodes = await session.query<{ instance: string; used: string | number; most: string | number }>(
      `select instance, memory_current as used, memory_limit as most from information_schema.cluster_memory_usage`,
    )
    return nodes
      .map(({ instance, used, most }) => ({ instance, used: Number(used), most: Number(most) }))
      .filter(({ used, most }) => most > 0 && used / most > limits.share)
      .map(({ instance, used, most }) => ({
        subject: { kind: 'node', name: `tidb ${instance}` },
        message: `uses ${formatSize(used)} of ${formatSize(most)}, ${formatShare(used / most)}`,
        observed: used / most,
        limit: limits.share,
      }))
  },
})
