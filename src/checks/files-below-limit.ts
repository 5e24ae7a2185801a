import { formatCount } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { ratioLimit } from './limits.ts'
import { nearLimit, type Use } from './near-limit.ts'

interface OpenFiles {
  readonly type: string
  readonly instance: string
  /** `fs.file-nr` of Linux: open, unused, and the most that there may be. */
  readonly value: string
}

/** What the rows say: of the machine of each node; a machine without such a line says nothing. */
function openFiles(rows: readonly OpenFiles[]): Use[] {
  return rows.flatMap(({ type, instance, value }) => {
    const [used, , most] = value.trim().split(/\s+/)
    return used === undefined || most === undefined ? [] : [{ type, instance, used, most }]
  })
}

/** No machine of the cluster is near its limit of open files. That of one process is in Prometheus only. */
export const filesBelowLimit = defineCheck({
  name: 'files-below-limit',
  title: 'No machine is near its limit of open files',
  severity: 'warning',
  limits: { share: ratioLimit(0.8, 'part of fs.file-max that may be open') },
  needs: { everyNode: true, privileges: ['PROCESS'] },
  advice: 'raise fs.file-max, and see which process of that machine opens so many',
  docs: 'https://docs.pingcap.com/tidb/stable/information-schema-cluster-systeminfo/',
  source: 'information_schema.cluster_systeminfo',
  async run({ session, limits }) {
    const rows = await session.query<OpenFiles>(
      `select type, instance, value from information_schema.cluster_systeminfo where name = 'fs.file-nr'`,
    )
    const say = (used: number, most: number) => `has ${formatCount(used)} of ${formatCount(most)} files open`
    return nearLimit(openFiles(rows), limits.share, say)
  },
})
