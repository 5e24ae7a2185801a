import { formatCount, formatShare } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { countLimit, ratioLimit } from './limits.ts'
import { demandAll, nextValues, type Giver } from './next-values.ts'
import type { Problem } from './finding.ts'

interface Random extends Giver {
  /** Such as `PK_AUTO_RANDOM_BITS=5, RANGE BITS=54`. */
  readonly bits: string
  readonly isUnsigned: number | string
}

const NAME = 'auto-random-has-room'

/** How many values there are for each shard. */
function valuesOf(bits: string, isUnsigned: boolean): number {
  const shard = Number(/AUTO_RANDOM_BITS=(\d+)/.exec(bits)?.[1] ?? 5)
  const range = Number(/RANGE BITS=(\d+)/.exec(bits)?.[1] ?? 64)
  return 2 ** (range - shard - (isUnsigned ? 0 : 1)) - 1
}

/** No AUTO_RANDOM column is near its largest value. */
export const autoRandomHasRoom = defineCheck({
  name: NAME,
  title: 'No AUTO_RANDOM column is near its largest value',
  severity: 'critical',
  limits: {
    share: ratioLimit(0.8, 'part of the values that may be given out'),
    asked: countLimit(200, 'tables that are asked at most, each by a statement'),
  },
  needs: { privileges: ['SELECT'] },
  advice: 'copy the rows into a table with fewer shard bits, or a larger range, before inserts fail with 8059 or 1467',
  docs: 'https://docs.pingcap.com/tidb/stable/auto-random/',
  source: 'SHOW TABLE NEXT_ROW_ID',
  async run({ session, facts, limits }) {
    const databases = await facts.databases()
    if (databases.length === 0) return []
    const tables = await session.query<Random>(
      `select t.table_schema as place, t.table_name as name, t.tidb_row_id_sharding_info as bits,
        max(c.column_type like '%unsigned%') as isUnsigned
      from information_schema.tables t join information_schema.columns c
        on c.table_schema = t.table_schema and c.table_name = t.table_name
      where t.tidb_row_id_sharding_info like 'PK_AUTO_RANDOM_BITS=%' and c.ordinal_position = 1
        and t.table_schema in (?) and c.table_schema in (?)
      group by place, name, bits order by place, name`,
      [databases, databases],
    )
    demandAll(NAME, tables, limits.asked, 'table')
    const problems: Problem[] = []
    for (const table of tables) {
      const values = await nextValues(session, table)
      const next = values?.find(({ ID_TYPE: type }) => type === 'AUTO_RANDOM')
      const largest = valuesOf(table.bits, Number(table.isUnsigned) === 1)
      const share = Number(next?.NEXT_GLOBAL_ROW_ID ?? 0) / largest
      if (next === undefined || share <= limits.share) continue
      problems.push({
        subject: { kind: 'column', name: `${table.place}.${table.name}.${next.COLUMN_NAME}` },
        message: `gives out ${formatCount(next.NEXT_GLOBAL_ROW_ID)} next, beside its shard bits; the largest is ${formatCount(largest)}: ${formatShare(share)}`,
        observed: share,
        limit: limits.share,
      })
    }
    return problems
  },
})
