import { formatCount } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { ratioLimit } from './limits.ts'
import { nearLimit, type Use } from './near-limit.ts'

/** No tidb-server is near its limit of connections. */
export const connectionsBelowLimit = defineCheck({
  name: 'connections-below-limit',
  title: 'No tidb-server is near its limit of connections',
  severity: 'warning',
  limits: { share: ratioLimit(0.8, 'part of max_connections that may be in use') },
  needs: { everyNode: true, privileges: ['PROCESS'] },
  advice: 'raise max_connections, or find out which application opens so many (information_schema.cluster_processlist)',
  docs: 'https://docs.pingcap.com/tidb/stable/system-variables/#max_connections',
  source: 'information_schema.cluster_processlist',
  async run({ session, limits }) {
    const nodes = await session.query<Use>(
      `select instance, count(*) as used, @@max_connections as most
      from information_schema.cluster_processlist group by instance`,
    )
    const say = (used: number, most: number) => `${formatCount(used)} of ${formatCount(most)} connections are open`
    return nearLimit(nodes, limits.share, say)
  },
})
