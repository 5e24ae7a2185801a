import { notOfServer } from './system-schemas.ts'
import { defineCheck } from './check.ts'
import { namesLimit } from './limits.ts'

/** Every index is used by somebody. */
export const indexesUsed = defineCheck({
  name: 'indexes-used',
  title: 'Every index is used by somebody',
  severity: 'info',
  limits: { except: namesLimit([], 'indexes that may be unused, as schema.table.index') },
  needs: { everyNode: true, privileges: ['SELECT', 'PROCESS'] },
  advice:
    'make it invisible first (ALTER TABLE … ALTER INDEX … INVISIBLE), and drop it after a while: each write pays for it. Statistics begin anew with each start of a tidb-server',
  docs: 'https://docs.pingcap.com/tidb/stable/sys-schema/sys-schema-unused-indexes/',
  source: 'sys.schema_unused_indexes',
  async run({ session, limits }) {
    const indexes = await session.query<{ name: string }>(
      `select concat(object_schema, '.', object_name, '.', index_name) as name from sys.schema_unused_indexes
      where ${notOfServer('object_schema')} order by name`,
    )
    return indexes
      .filter(({ name }) => !limits.except.includes(name))
      .map(({ name }) => ({ subject: { kind: 'index', name }, message: 'was not used since the tidb-servers started' }))
  },
})
