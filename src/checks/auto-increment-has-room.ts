import { formatCount, formatShare } from '../number-format.ts'
import { notOfServer } from './system-schemas.ts'
import { defineCheck } from './check.ts'
import { ratioLimit } from './limits.ts'

const BITS: Readonly<Record<string, number>> = { tinyint: 8, smallint: 16, mediumint: 24, int: 32, bigint: 64 }

/** The largest value of a column; undefined if it is not an integer. */
function largestOf(type: string): number | undefined {
  const bits = BITS[/^\w+/.exec(type)?.[0] ?? '']
  if (bits === undefined) return undefined
  return 2 ** (type.includes('unsigned') ? bits : bits - 1) - 1
}

/** No AUTO_INCREMENT column is near its largest value. */
export const autoIncrementHasRoom = defineCheck({
  name: 'auto-increment-has-room',
  title: 'No AUTO_INCREMENT column is near its largest value',
  severity: 'critical',
  limits: { share: ratioLimit(0.8, 'part of the values that may be given out') },
  needs: { privileges: ['SELECT'] },
  advice: 'ALTER TABLE … MODIFY the column to BIGINT (UNSIGNED), before inserts fail with 1467 or 1690',
  docs: 'https://docs.pingcap.com/tidb/stable/auto-increment/',
  source: 'information_schema.tables',
  async run({ session, limits }) {
    const columns = await session.query<{ name: string; type: string; next: string }>(
      `select concat(t.table_schema, '.', t.table_name, '.', c.column_name) as name, c.column_type as type,
        cast(t.auto_increment as char) as next
      from information_schema.tables t join information_schema.columns c
        on c.table_schema = t.table_schema and c.table_name = t.table_name
      where t.auto_increment is not null and c.extra like '%auto_increment%' and ${notOfServer('t.table_schema')}`,
    )
    return columns.flatMap(({ name, type, next }) => {
      const largest = largestOf(type)
      const share = largest === undefined ? 0 : Number(next) / largest
      if (largest === undefined || share <= limits.share) return []
      return {
        subject: { kind: 'column', name },
        message: `${type} gives out ${formatCount(next)} next, its largest is ${formatCount(largest)}: ${formatShare(share)}`,
        observed: share,
        limit: limits.share,
      }
    })
  },
})
