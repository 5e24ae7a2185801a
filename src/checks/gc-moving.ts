import { formatDuration } from '../number-format.ts'
import type { Problem } from './finding.ts'
import { goDurationMs } from './go-duration.ts'
import { defineCheck } from './check.ts'
import { durationLimit } from './limits.ts'

/** Such as `20261128-04:58:00.133 +0000`. */
const TIME = /^(\d{4})(\d\d)(\d\d)-(\d\d:\d\d:\d\d)(\.\d+)? ([+-]\d\d)(\d\d)/

const subject = { kind: 'cluster', name: 'garbage collection' }

/** What the variables of `mysql.tidb` say, with the time of the server in seconds as `now`. */
export function standstill(variables: ReadonlyMap<string, string>, allowedMs: number): Problem[] {
  if (['0', 'OFF'].includes(variables.get('enabled') ?? ''))
    return [{ subject, message: 'is switched off (tidb_gc_enable)' }]
  const point = variables.get('tikv_gc_safe_point')
  const [, year, month, day, clock, fraction = '', hours, minutes] = TIME.exec(point ?? '') ?? []
  // A young cluster has not collected anything yet.
  if (year === undefined) return []
  const at = Date.parse(`${year}-${month}-${day}T${clock}${fraction}${hours}:${minutes}`)
  const age = Number(variables.get('now')) * 1_000 - at
  const allowed = allowedMs + (goDurationMs(variables.get('life') ?? null) ?? 0)
  if (age <= allowed) return []
  return [{ subject, message: `its safe point ${point} is ${formatDuration(age)} old`, observed: age, limit: allowed }]
}

/** Garbage collection goes on. */
export const gcMoving = defineCheck({
  name: 'gc-moving',
  title: 'Garbage collection goes on',
  severity: 'warning',
  limits: { behind: durationLimit('1h', 'how far the safe point may be behind, beyond the life time') },
  needs: { stores: true, privileges: ['SELECT'] },
  advice:
    'end the oldest transaction (no-old-transactions), or the backup or changefeed that holds it back (pd-ctl service-gc-safepoint): old versions of rows pile up, and reads get slower',
  docs: 'https://docs.pingcap.com/tidb/stable/garbage-collection-overview/',
  source: 'mysql.tidb',
  async run({ session, limits }) {
    const rows = await session.query<{ name: string; value: string }>(
      `select variable_name as name, variable_value as value from mysql.tidb where variable_name like 'tikv_gc_%'
      union all select 'now', cast(unix_timestamp(now(6)) as char)
      union all select 'enabled', cast(@@global.tidb_gc_enable as char)
      union all select 'life', cast(@@global.tidb_gc_life_time as char)`,
    )
    return standstill(new Map(rows.map(({ name, value }) => [name, value])), limits.behind)
  },
})
