import { formatDuration } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { durationLimit } from './limits.ts'

/** No part of the cluster was restarted lately. */
export const noRecentRestarts = defineCheck({
  name: 'no-recent-restarts',
  title: 'No part of the cluster was restarted lately',
  severity: 'info',
  limits: { within: durationLimit('1h', 'how long ago a start is no news') },
  // A tidb-server without a PD says each time that it was started just now (v8.5.6).
  needs: { nodes: true, stores: true },
  advice: 'if nobody restarted it, its log ends with the reason, or the log of the kernel does (out of memory)',
  docs: 'https://docs.pingcap.com/tidb/stable/troubleshoot-tidb-oom/',
  source: 'information_schema.cluster_info',
  async run({ facts, limits }) {
    return (await facts.nodes())
      .filter(({ version, uptimeMs = Infinity }) => version !== '' && uptimeMs < limits.within)
      .map(({ type, instance, uptimeMs = 0 }) => ({
        subject: { kind: 'node', name: `${type} ${instance}` },
        message: `was started ${formatDuration(uptimeMs)} ago`,
        observed: uptimeMs,
        limit: limits.within,
      }))
  },
})
