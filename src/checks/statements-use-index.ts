import { CheckError } from '../errors.ts'
import { formatQuantity } from '../number-format.ts'
import { printable } from '../redact.ts'
import { defineCheck } from './check.ts'
import { countLimit } from './limits.ts'

const NAME = 'statements-use-index'

/** Statements that are run often do not read whole tables. Not on unistore, which counts no keys. */
export const statementsUseIndex = defineCheck({
  name: NAME,
  title: 'Statements that are run often do not read whole tables',
  severity: 'info',
  limits: {
    rows: countLimit(10_000, 'rows that one execution may read of a table without an index'),
    runs: countLimit(2, 'executions from which on a statement counts'),
  },
  needs: { everyNode: true, privileges: ['PROCESS'] },
  advice: 'EXPLAIN ANALYZE it, and give the table an index for its conditions',
  docs: 'https://docs.pingcap.com/tidb/stable/statement-summary-tables/',
  source: 'information_schema.cluster_statements_summary',
  async run({ session, limits }) {
    const statements = await session.query<StatementSummary>(
      `select digest, min(digest_text) as statement, sum(exec_count) as runs, max(avg_processed_keys) as \`keys\`
      from information_schema.cluster_statements_summary
      where plan like '%TableFullScan%' and table_names is not null
        and lower(coalesce(schema_name, '')) not in ('mysql', 'sys', 'information_schema')
        and lower(table_names) not like 'mysql.%' and lower(table_names) not like 'information_schema.%'
      group by digest having runs >= ? order by \`keys\` * runs desc limit 20`,
      [limits.runs],
    )
    if (statements.length > 0 && statements.every(({ keys }) => Number(keys) === 0)) {
      throw new CheckError(NAME, 'not available here, because the storage does not count what a statement reads', {
        silence: 'not-applicable',
      })
    }
    return reading(statements, limits.rows)
  },
})

interface StatementSummary {
  readonly digest: string
  readonly statement: string
  readonly runs: number | string
  readonly keys: number | string
}

/** Those that read more than so many rows at a time. */
export function reading(statements: readonly StatementSummary[], limit: number) {
  return statements
    .filter(({ keys }) => Number(keys) > limit)
    .map(({ digest, statement, runs, keys }) => ({
      subject: { kind: 'statement' as const, name: digest.slice(0, 16) },
      message: `reads ${formatQuantity(keys, 'key')} of a whole table, ${formatQuantity(runs, 'time')}: ${printable(statement)}`,
      observed: Number(keys),
      limit,
    }))
}
