import { formatQuantity } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { countLimit } from './limits.ts'
import { ON_TABLES_OF_USERS, statementProblem, type Statement } from './statements.ts'

/** No statement has changed its plan. */
export const plansStable = defineCheck({
  name: 'plans-stable',
  title: 'No statement has changed its plan',
  severity: 'info',
  limits: { plans: countLimit(1, 'plans that a statement may have') },
  needs: { everyNode: true, privileges: ['PROCESS'] },
  advice:
    'compare the plans (cluster_statements_summary.plan), ANALYZE the tables, or bind the better one (CREATE BINDING)',
  docs: 'https://docs.pingcap.com/tidb/stable/sql-plan-management/',
  source: 'information_schema.cluster_statements_summary_history',
  async run({ session, limits }) {
    const statements = await session.query<Statement & { plans: number | string }>(
      `select digest, min(digest_text) as statement, count(distinct plan_digest) as plans
      from information_schema.cluster_statements_summary_history
      where plan_digest <> '' and ${ON_TABLES_OF_USERS}
      group by schema_name, digest having plans > ? limit 20`,
      [limits.plans],
    )
    return statements.map(({ plans, ...statement }) =>
      statementProblem(statement, `had ${formatQuantity(plans, 'plan')}`, {
        observed: Number(plans),
        limit: limits.plans,
      }),
    )
  },
})
