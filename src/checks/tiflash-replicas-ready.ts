import { formatShare } from '../number-format.ts'
import type { Problem } from './finding.ts'
import { defineCheck } from './check.ts'

export interface Replica {
  readonly name: string
  readonly available: number | string
  /** From 0 to 1. */
  readonly progress: number | string
}

/** What rows of the table say. */
export function behind(rows: readonly Replica[]): Problem[] {
  return rows
    .filter(({ available, progress }) => Number(available) !== 1 || Number(progress) < 1)
    .map(({ name, available, progress }) => ({
      subject: { kind: 'table', name },
      message: `its TiFlash replica is ${Number(available) === 1 ? 'behind' : 'not available'}: ${formatShare(Number(progress))} there`,
      observed: Number(progress),
      limit: 1,
    }))
}

/** Every TiFlash replica is complete. */
export const tiflashReplicasReady = defineCheck({
  name: 'tiflash-replicas-ready',
  title: 'Every TiFlash replica is complete',
  severity: 'warning',
  needs: { privileges: ['SELECT'] },
  advice: 'see whether the TiFlash stores are up and have room',
  docs: 'https://docs.pingcap.com/tidb/stable/create-tiflash-replicas/',
  source: 'information_schema.tiflash_replica',
  run: async ({ session }) =>
    behind(
      await session.query<Replica>(
        `select concat(table_schema, '.', table_name) as name, available, progress
        from information_schema.tiflash_replica where replica_count > 0`,
      ),
    ),
})
