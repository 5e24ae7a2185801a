import { formatCount, formatShare } from '../number-format.ts'
import { defineCheck } from './check.ts'
import type { Problem } from './finding.ts'
import { countLimit, ratioLimit } from './limits.ts'
import { demandAll, nextValues, type Giver, type NextValue } from './next-values.ts'

const BITS: Readonly<Record<string, number>> = { tinyint: 8, smallint: 16, mediumint: 24, int: 32, bigint: 64 }

/** The largest value of a column; undefined if it is not an integer. */
function largestOf(type: string): number | undefined {
  const bits = BITS[/^\w+/.exec(type)?.[0] ?? '']
  if (bits === undefined) return undefined
  return 2 ** (type.includes('unsigned') ? bits : bits - 1) - 1
}

interface Column extends Giver {
  readonly column: string
  readonly type: string
  /** What this tidb-server gives out next; 0 if it has not given out any since it began. */
  readonly next: string
}

const NAME = 'auto-increment-has-room'
/** A tidb-server takes 30,000 values at once: much of what a narrow column has, and nothing to a wide one. */
const isNarrow = (type: string) => /^(?:tiny|small|medium)int/.test(type)

/**
 * No AUTO_INCREMENT column is near its largest value. What the list of tables has is known only to a tidb-server that
 * gives out values of the table: so columns that this one does not know are asked one by one, and narrow ones as well,
 * of which the next tidb-server to need some takes more than there are.
 */
export const autoIncrementHasRoom = defineCheck({
  name: NAME,
  title: 'No AUTO_INCREMENT column is near its largest value',
  severity: 'critical',
  limits: {
    share: ratioLimit(0.8, 'part of the values that may be given out'),
    asked: countLimit(
      200,
      'columns that are asked at most, each by a statement: those that this tidb-server does not know',
    ),
  },
  needs: { privileges: ['SELECT'] },
  advice:
    'ALTER TABLE … MODIFY the column to BIGINT (UNSIGNED), or AUTO_ID_CACHE = 1, before inserts fail with 1467 or 1690',
  docs: 'https://docs.pingcap.com/tidb/stable/auto-increment/',
  source: 'information_schema.tables, SHOW TABLE NEXT_ROW_ID',
  async run({ session, facts, limits }) {
    const databases = await facts.databases()
    if (databases.length === 0) return []
    const columns = await session.query<Column>(
      `select t.table_schema as place, t.table_name as name, c.column_name as \`column\`, c.column_type as type,
        cast(coalesce(t.auto_increment, 0) as char) as next
      from information_schema.tables t join information_schema.columns c
        on c.table_schema = t.table_schema and c.table_name = t.table_name
      where c.extra like '%auto_increment%' and t.table_schema in (?) and c.table_schema in (?)`,
      [databases, databases],
    )
    const unknown = columns.filter(({ type, next }) => isNarrow(type) || Number(next) === 0)
    demandAll(NAME, unknown, limits.asked, 'column')
    const asked = new Set(unknown)
    const problems: Problem[] = []
    for (const column of columns) {
      const { place, name, type } = column
      const next = asked.has(column) ? nextOf(await nextValues(session, column)) : column.next
      const largest = largestOf(type)
      const share = largest === undefined ? 0 : Number(next) / largest
      if (largest === undefined || share <= limits.share) continue
      problems.push({
        subject: { kind: 'column', name: `${place}.${name}.${column.column}` },
        message: `${type} gives out ${formatCount(next)} next, its largest is ${formatCount(largest)}: ${formatShare(share)}`,
        observed: share,
        limit: limits.share,
      })
    }
    return problems
  },
})

/** Without AUTO_ID_CACHE 1, the numbers of rows and of the column are the same, and told as those of rows. */
function nextOf(values: readonly NextValue[] = []): string | number {
  const own = values.find(({ ID_TYPE: type }) => type === 'AUTO_INCREMENT')?.NEXT_GLOBAL_ROW_ID ?? 0
  const rows = values.find(({ ID_TYPE: type }) => type === '_TIDB_ROWID')?.NEXT_GLOBAL_ROW_ID ?? 0
  return Number(own) > 1 ? own : rows
}
