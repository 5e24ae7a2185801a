import { formatQuantity } from '../number-format.ts'
import type { Problem } from './finding.ts'
import { defineCheck } from './check.ts'

export interface MemoryUse {
  readonly instance: string
  readonly kills: string | number
  readonly last: Date | string | null
}

/** What rows of the table say. */
export function killed(rows: readonly MemoryUse[]): Problem[] {
  return rows
    .filter(({ kills }) => Number(kills) > 0)
    .map(({ instance, kills, last }) => ({
      subject: { kind: 'node', name: `tidb ${instance}` },
      message: `killed ${formatQuantity(kills, 'statement')} for want of memory, last at ${last instanceof Date ? last.toISOString() : last}`,
      observed: Number(kills),
      limit: 0,
    }))
}

/** No statement was killed for want of memory since a tidb-server started. */
export const noMemoryKills = defineCheck({
  name: 'no-memory-kills',
  title: 'No statement was killed for want of memory since a tidb-server started',
  severity: 'warning',
  needs: { everyNode: true, privileges: ['PROCESS'] },
  advice:
    'information_schema.cluster_memory_usage_ops_history has the statements: let them read less, or give the server more',
  docs: 'https://docs.pingcap.com/tidb/stable/configure-memory-usage/',
  source: 'information_schema.cluster_memory_usage',
  run: async ({ session }) =>
    killed(
      await session.query<MemoryUse>(
        `select instance, session_kill_total as kills, session_kill_last as last from information_schema.cluster_memory_usage`,
      ),
    ),
})
