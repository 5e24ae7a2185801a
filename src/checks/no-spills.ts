import { formatSize } from '../number-format.ts'
import { defineCheck } from './check.ts'
import { countLimit } from './limits.ts'
import { statementProblem, type Statement } from './statements.ts'

/** No statement spills to disk. */
export const noSpills = defineCheck({
  name: 'no-spills',
  title: 'No statement spills to disk',
  severity: 'info',
  limits: { bytes: countLimit(0, 'bytes that a statement may put on disk') },
  needs: { everyNode: true, privileges: ['PROCESS'] },
  advice: 'let it sort or join less, or raise tidb_mem_quota_query',
  docs: 'https://docs.pingcap.com/tidb/stable/configure-memory-usage/',
  source: 'information_schema.cluster_statements_summary',
  async run({ session, limits }) {
    const statements = await session.query<Statement & { bytes: string | number }>(
      `select digest, min(digest_text) as statement, max(max_disk) as bytes
      from information_schema.cluster_statements_summary group by digest having bytes > ? order by bytes desc limit 20`,
      [limits.bytes],
    )
    return statements.map(({ bytes, ...statement }) =>
      statementProblem(statement, `put ${formatSize(Number(bytes))} on disk`, {
        observed: Number(bytes),
        limit: limits.bytes,
      }),
    )
  },
})
