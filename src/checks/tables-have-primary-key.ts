import { defineCheck } from './check.ts'
import { namesLimit } from './limits.ts'

/** Every table has a primary key. */
export const tablesHavePrimaryKey = defineCheck({
  name: 'tables-have-primary-key',
  title: 'Every table has a primary key',
  severity: 'warning',
  limits: { except: namesLimit([], 'tables that may be without, as schema.table') },
  needs: { privileges: ['SELECT'] },
  advice:
    'give it one: replication and clean-up find a row only by its key, and rows without one go into one hot region',
  docs: 'https://docs.pingcap.com/tidb/stable/clustered-indexes/',
  source: 'information_schema.tables',
  async run({ session, facts, limits }) {
    const databases = await facts.databases()
    if (databases.length === 0) return []
    const tables = await session.query<{ name: string }>(
      `select concat(t.table_schema, '.', t.table_name) as name
      from information_schema.tables t
      left join (select table_schema, table_name from information_schema.tidb_indexes
        where key_name = 'PRIMARY' and table_schema in (?)) k
        on k.table_schema = t.table_schema and k.table_name = t.table_name
      where t.table_type = 'BASE TABLE' and k.table_name is null and t.tidb_pk_type = 'NONCLUSTERED'
        and t.table_schema in (?)
      order by name`,
      [databases, databases],
    )
    return tables
      .filter(({ name }) => !limits.except.includes(name))
      .map(({ name }) => ({ subject: { kind: 'table', name }, message: 'has no primary key' }))
  },
})
