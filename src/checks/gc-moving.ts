import { formatDuration } from '../number-format.ts'
import type { Problem } from './finding.ts'
import { goDurationMs } from './go-duration.ts'
import { defineCheck } from './check.ts'
import { durationLimit } from './limits.ts'

/** Such as `20261128-04:58:00.133 +0000`. */
const TIME = /^(\d{4})(\d\d)(\d\d)-(\d\d:\d\d:\d\d)(\.\d+)? ([+-]\d\d)(\d\d)/

const subject = { kind: 'cluster', name: 'garbage collection' }

/** The oldest transaction of the cluster. */
export interface OldTransaction {
  readonly instance: string
  readonly session: string
  readonly user: string
  /** In ms since 1970, by PD. */
  readonly begin: string | number
}

/** What the variables of `mysql.tidb` say, with the time of the server in seconds as `now`. */
export function standstill(
  variables: ReadonlyMap<string, string>,
  allowedMs: number,
  oldest?: OldTransaction,
): Problem[] {
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
  const held = heldBack(at, oldest)
  return [
    {
      subject,
      message: `its safe point ${point} is ${formatDuration(age)} old, ${held}`,
      observed: age,
      limit: allowed,
    },
  ]
}

/** The safe point is that of the transaction, to the ms, if one holds it back. */
function heldBack(at: number, oldest: OldTransaction | undefined): string {
  if (oldest === undefined || Number(oldest.begin) - at > 1) {
    return 'and no transaction is as old: a service safe point holds it back, or it does not run'
  }
  return `held back by the transaction of session ${oldest.session} of ${oldest.user} on ${oldest.instance}`
}

/** Garbage collection goes on. */
export const gcMoving = defineCheck({
  name: 'gc-moving',
  title: 'Garbage collection goes on',
  severity: 'warning',
  limits: { behind: durationLimit('1h', 'how far the safe point may be behind, beyond the life time') },
  // Who holds it back is one of the sessions of all tidb-servers.
  needs: { stores: true, everyNode: true, privileges: ['SELECT', 'PROCESS'] },
  advice:
    'end the oldest transaction (no-old-transactions), or the backup or changefeed that holds it back (pd-ctl service-gc-safepoint): old versions of rows pile up, and reads get slower',
  docs: 'https://docs.pingcap.com/tidb/stable/garbage-collection-overview/',
  source: 'mysql.tidb, information_schema.cluster_tidb_trx',
  async run({ session, limits }) {
    const rows = await session.query<{ name: string; value: string }>(
      `select variable_name as name, variable_value as value from mysql.tidb where variable_name like 'tikv_gc_%'
      union all select 'now', cast(unix_timestamp(now(6)) as char)
      union all select 'enabled', cast(@@global.tidb_gc_enable as char)
      union all select 'life', cast(@@global.tidb_gc_life_time as char)`,
    )
    const variables = new Map(rows.map(({ name, value }) => [name, value]))
    // Who holds it back is asked only if it is behind.
    if (standstill(variables, limits.behind).length === 0) return []
    const [oldest] = await session.query<OldTransaction>(
      `select instance, cast(session_id as char) as session, user, cast(id >> 18 as char) as begin
      from information_schema.cluster_tidb_trx order by id limit 1`,
    )
    return standstill(variables, limits.behind, oldest)
  },
})
