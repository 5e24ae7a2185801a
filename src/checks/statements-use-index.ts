import { CheckError } from '../errors.ts'
import { formatQuantity } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { countLimit } from './limits.ts'
import { ON_TABLES_OF_USERS, statementProblem, type Statement } from './statements.ts'

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
    const statements = await session.query<Reading>(
      `select digest, min(digest_text) as statement, sum(exec_count) as runs, max(avg_processed_keys) as \`keys\`
      from information_schema.cluster_statements_summary
      where plan like '%TableFullScan%' and ${ON_TABLES_OF_USERS}
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

interface Reading extends Statement {
  readonly runs: number | string
  readonly keys: number | string
}

/** Those that read more than so many rows at a time. */
export function reading(statements: readonly Reading[], limit: number) {
  return statements
    .filter(({ keys }) => Number(keys) > limit)
    .map(({ runs, keys, ...statement }) => {
      const what = `reads ${formatQuantity(keys, 'key')} of a whole table, ${formatQuantity(runs, 'time')}`
      return statementProblem(statement, what, { observed: Number(keys), limit })
    })
}
