import { defineCheck } from './check.ts'
import { namesLimit } from './limits.ts'

/** Tables have the collation of their database, and columns that of their table. */
export const collationsAlike = defineCheck({
  name: 'collations-alike',
  title: 'Tables and columns have the collation of their database',
  severity: 'info',
  limits: { except: namesLimit([], 'tables and columns that may differ') },
  needs: { privileges: ['SELECT'] },
  advice:
    'ALTER TABLE … CONVERT TO CHARACTER SET … COLLATE …: a join of columns of other collations fails with 1267, or uses no index',
  docs: 'https://docs.pingcap.com/tidb/stable/character-set-and-collation/',
  source: 'information_schema.columns',
  async run({ session, facts, limits }) {
    const databases = await facts.databases()
    if (databases.length === 0) return []
    const rows = await session.query<{ kind: string; name: string; own: string; around: string; what: string }>(
      `select 'table' as kind, concat(t.table_schema, '.', t.table_name) as name, t.table_collation as own,
        s.default_collation_name as around, 'database' as what
      from information_schema.tables t join information_schema.schemata s on s.schema_name = t.table_schema
      where t.table_collation <> s.default_collation_name and t.table_type = 'BASE TABLE'
        and t.table_schema in (?)
      union all
      select 'column', concat(c.table_schema, '.', c.table_name, '.', c.column_name), c.collation_name,
        t.table_collation, 'table'
      from information_schema.columns c join information_schema.tables t
        on t.table_schema = c.table_schema and t.table_name = c.table_name
      where c.collation_name <> t.table_collation and t.table_type = 'BASE TABLE'
        and t.table_schema in (?) and c.table_schema in (?)`,
      [databases, databases, databases],
    )
    return rows
      .filter(({ name }) => !limits.except.includes(name))
      .map(({ kind, name, own, around, what }) => ({
        subject: { kind, name },
        message: `has the collation ${own}, its ${what} has ${around}`,
        observed: own,
        limit: around,
      }))
  },
})
