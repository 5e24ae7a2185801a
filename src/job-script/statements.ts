import type { Value } from '../connection/connection.ts'
import type { Columns, ColumnValue, Instant } from './script.ts'

/** A statement, or a part of one, with the values for its `?`. */
export interface Sql {
  readonly sql: string
  readonly values: readonly Value[]
}

/** What a row of a table is changed to, and what must hold of it. */
export interface Update {
  readonly key: bigint | string
  readonly columns: Columns
  /** A condition; always true if undefined. */
  readonly provided?: Sql
}

/** Inserts rows of the same columns. */
export function insertSql(table: string, rows: readonly Columns[]): Sql {
  const names = Object.keys(rows[0] ?? {})
  const parts = rows.map((row) => joined(names.map((name) => valueSql(row[name]))))
  const lines = parts.map(({ sql }) => `(${sql})`).join(', ')
  return { sql: `insert into ${table} (${names.join(', ')}) values ${lines}`, values: flat(parts) }
}

/** Changes several rows in one statement, each in its own way, so that all are seen to change at once. */
export function updateSql(table: string, key: string, updates: readonly Update[]): Sql {
  const names = [...new Set(updates.flatMap(({ columns }) => Object.keys(columns)))]
  const sets = names.map((name) => {
    const changed = updates.filter(({ columns }) => columns[name] !== undefined)
    const parts = changed.map((update) => {
      const { sql, values } = valueSql(update.columns[name])
      return { sql: `when ? then ${sql}`, values: [update.key, ...values] }
    })
    return { sql: `${name} = case ${key} ${words(parts)} else ${name} end`, values: flat(parts) }
  })
  const rows = updates.map((update) => {
    const { sql, values } = update.provided ?? { sql: 'true', values: [] }
    return { sql: `(${key} = ? and ${sql})`, values: [update.key, ...values] }
  })
  const assigned = joined(sets)
  return {
    sql: `update ${table} set ${assigned.sql} where ${rows.map(({ sql }) => sql).join(' or ')}`,
    values: [...assigned.values, ...flat(rows)],
  }
}

/** The same columns, with their instants so many ms earlier. */
export function earlier(columns: Columns, ms: number): Columns {
  return Object.fromEntries(
    Object.entries(columns).map(([name, value]) => [name, isInstant(value) ? { agoMs: value.agoMs + ms } : value]),
  )
}

function valueSql(value: ColumnValue): Sql {
  if (!isInstant(value)) return { sql: '?', values: [value] }
  return { sql: 'now(6) - interval ? microsecond', values: [Math.round(value.agoMs * 1_000)] }
}

function isInstant(value: ColumnValue): value is Instant {
  return typeof value === 'object' && value !== null && 'agoMs' in value
}

const joined = (parts: readonly Sql[]): Sql => ({ sql: parts.map(({ sql }) => sql).join(', '), values: flat(parts) })
const words = (parts: readonly Sql[]) => parts.map(({ sql }) => sql).join(' ')
const flat = (parts: readonly Sql[]) => parts.flatMap(({ values }) => [...values])
