import { formatDuration, formatQuantity } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { durationLimit } from './limits.ts'

/** No resource group makes its statements wait for request units. */
export const resourceGroupsHaveRoom = defineCheck({
  name: 'resource-groups-have-room',
  title: 'No resource group makes its statements wait for request units',
  severity: 'warning',
  limits: { queued: durationLimit('100ms', 'how long the requests of a statement may wait on average, all together') },
  needs: { everyNode: true, privileges: ['PROCESS'] },
  advice: 'raise RU_PER_SEC of the group (ALTER RESOURCE GROUP), let it burst, or make its statements cheaper',
  docs: 'https://docs.pingcap.com/tidb/stable/tidb-resource-control-ru-groups/',
  source: 'information_schema.cluster_statements_summary',
  async run({ session, limits }) {
    // In ns.
    const groups = await session.query<{ name: string; n: string; queued: string }>(
      `select resource_group as name, cast(sum(exec_count) as char) as n,
        cast(sum(exec_count * avg_queued_rc_time) / sum(exec_count) / 1000000 as char) as queued
      from information_schema.cluster_statements_summary where avg_queued_rc_time > 0
      group by resource_group`,
    )
    return groups
      .filter(({ queued }) => Number(queued) > limits.queued)
      .map(({ name, n, queued }) => ({
        subject: { kind: 'resource group', name },
        message: `is at its limit: ${formatQuantity(n, 'statement')} waited, each for ${formatDuration(Number(queued))} of its requests`,
        observed: Number(queued),
        limit: limits.queued,
      }))
  },
})
