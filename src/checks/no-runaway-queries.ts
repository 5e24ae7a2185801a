import { printable } from '../redact.ts'
import { defineCheck } from './check.ts'
import { durationLimit } from './limits.ts'

/** No query ran away from its resource group lately. */
export const noRunawayQueries = defineCheck({
  name: 'no-runaway-queries',
  title: 'No query ran away from its resource group lately',
  severity: 'warning',
  limits: { since: durationLimit('1h', 'how far back such queries count') },
  needs: { privileges: ['SELECT'] },
  advice: 'make the statement cheaper, or give its group other limits (ALTER RESOURCE GROUP … QUERY_LIMIT)',
  docs: 'https://docs.pingcap.com/tidb/stable/tidb-resource-control-runaway-queries/',
  source: 'mysql.tidb_runaway_queries',
  async run({ session, limits }) {
    const queries = await session.query<{ name: string; action: string; at: string; statement: string }>(
      `select resource_group_name as name, action, cast(start_time as char) as at, sample_sql as statement
      from mysql.tidb_runaway_queries
      where timestampdiff(microsecond, start_time, now(6)) div 1000 <= ? order by start_time desc limit 20`,
      [limits.since],
    )
    return queries.map(({ name, action, at, statement }) => ({
      subject: { kind: 'resource group', name },
      message: `${action} at ${at}: ${printable(statement)}`,
    }))
  },
})
