import type { Problem } from './finding.ts'
import { defineCheck } from './check.ts'
import { namesLimit } from './limits.ts'

export interface IndexColumns {
  readonly place: string
  readonly name: string
  /** 0 if its values are unique. */
  readonly shared: number | string
  /** One a line. */
  readonly columns: string
}

/** The indexes whose columns another index of the table begins with; unique ones promise something, and stay. */
export function redundant(indexes: readonly IndexColumns[]): Problem[] {
  return Object.values(Object.groupBy(indexes, ({ place }) => place)).flatMap((own = []) =>
    own.flatMap((index) => {
      if (Number(index.shared) === 0) return []
      const longer = own.find(
        (other) =>
          other !== index &&
          `${other.columns}\n`.startsWith(`${index.columns}\n`) &&
          // Of two that are the same, the first stays.
          (other.columns !== index.columns || Number(other.shared) === 0 || other.name < index.name),
      )
      if (longer === undefined) return []
      return {
        subject: { kind: 'index', name: `${index.place}.${index.name}` },
        message: `(${index.columns.split('\n').join(', ')}) is the beginning of ${longer.name} (${longer.columns.split('\n').join(', ')})`,
      }
    }),
  )
}

/** No index is the beginning of another. */
export const indexesNotRedundant = defineCheck({
  name: 'indexes-not-redundant',
  title: 'No index is the beginning of another',
  severity: 'info',
  limits: { except: namesLimit([], 'indexes that may be redundant, as schema.table.index') },
  needs: { privileges: ['SELECT'] },
  advice: 'drop it: the longer one serves the same queries',
  docs: 'https://docs.pingcap.com/tidb/stable/sql-statement-drop-index/',
  source: 'information_schema.tidb_indexes',
  async run({ session, facts, limits }) {
    const databases = await facts.databases()
    if (databases.length === 0) return []
    const indexes = await session.query<IndexColumns>(
      `select concat(table_schema, '.', table_name) as place, key_name as name, min(non_unique) as shared,
        group_concat(concat(coalesce(column_name, expression), coalesce(concat('(', sub_part, ')'), '')) order by seq_in_index separator '\\n') as columns
      from information_schema.tidb_indexes where table_schema in (?)
      group by table_schema, table_name, key_name order by place, name`,
      [databases],
    )
    return redundant(indexes).filter(({ subject }) => !limits.except.includes(subject.name))
  },
})
