import { formatDuration, formatQuantity } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { durationLimit } from './limits.ts'
import { OF_USERS, statementProblem, type Statement } from './statements.ts'

/** No statement takes long on average. */
export const noSlowStatements = defineCheck({
  name: 'no-slow-statements',
  title: 'No statement takes long on average',
  severity: 'info',
  limits: { average: durationLimit('5s', 'how long a statement may take on average') },
  needs: { everyNode: true, privileges: ['PROCESS'] },
  advice: 'EXPLAIN ANALYZE it; information_schema.cluster_slow_query has each run',
  docs: 'https://docs.pingcap.com/tidb/stable/statement-summary-tables/',
  source: 'information_schema.cluster_statements_summary',
  async run({ session, limits }) {
    const statements = await session.query<Statement & { runs: number | string; ms: string }>(
      `select digest, min(digest_text) as statement, sum(exec_count) as runs,
        sum(sum_latency) / sum(exec_count) / 1000000 as ms
      from information_schema.cluster_statements_summary
      where ${OF_USERS} and stmt_type in ('Select', 'Insert', 'Update', 'Delete', 'Replace')
      group by digest having ms > ? order by ms desc limit 20`,
      [limits.average],
    )
    return statements.map(({ runs, ms, ...statement }) => {
      const what = `takes ${formatDuration(Number(ms))} on average of ${formatQuantity(runs, 'execution')}`
      return statementProblem(statement, what, { observed: Number(ms), limit: limits.average })
    })
  },
})
