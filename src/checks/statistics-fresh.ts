import { formatCount, formatQuantity } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { countLimit, ratioLimit } from './limits.ts'

interface Statistics {
  Db_name: string
  Table_name: string
  Partition_name: string
  Modify_count: number | string
  Row_count: number | string
  Last_analyze_time: unknown
}

const SYSTEM = new Set(['mysql', 'sys'])

/** Tables of some size have statistics that fit them. */
export const statisticsFresh = defineCheck({
  name: 'statistics-fresh',
  title: 'Tables of some size have statistics that fit them',
  severity: 'warning',
  limits: {
    rows: countLimit(1_000, 'rows of tables that are too small to matter'),
    changed: ratioLimit(0.5, 'part of the rows that may have changed since ANALYZE'),
  },
  needs: { privileges: ['SELECT'] },
  advice: 'ANALYZE TABLE; see whether tidb_enable_auto_analyze is on and tidb_auto_analyze_start_time leaves it time',
  docs: 'https://docs.pingcap.com/tidb/stable/statistics/',
  source: 'SHOW STATS_META',
  async run({ session, limits }) {
    const tables = await session.query<Statistics>('show stats_meta')
    return tables
      .filter(({ Db_name: schema }) => !SYSTEM.has(schema.toLowerCase()))
      .map((table) => ({ table, rows: Number(table.Row_count), changed: Number(table.Modify_count) }))
      .filter(({ rows, changed }) => rows >= limits.rows && rows > 0 && changed / rows > limits.changed)
      .map(({ table, rows, changed }) => ({
        subject: {
          kind: 'table',
          name: [table.Db_name, table.Table_name, table.Partition_name].filter(Boolean).join('.'),
        },
        message:
          table.Last_analyze_time === null
            ? `has no statistics, and ${formatQuantity(rows, 'row')}`
            : `${formatCount(changed)} of ${formatQuantity(rows, 'row')} changed since its statistics were made`,
        observed: changed / rows,
        limit: limits.changed,
      }))
  },
})
