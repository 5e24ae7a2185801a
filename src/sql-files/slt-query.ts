import type { Retry, SortMode } from './slt-record.ts'
import { durationOf, fault, isSortMode, numberOf, type Spot } from './slt-source.ts'
import type { SltState } from './slt-state.ts'

/** What stands behind `query` and its types. */
export interface QueryOptions {
  readonly sort: SortMode
  /** Columns by which the result is in order, from 1: rows that are the same in them may have any. */
  readonly orderedBy: readonly number[] | undefined
  readonly columnNames: boolean
  readonly label: string | undefined
  readonly connection: string | undefined
}

/** @throws {SqlFileError} if there is more, or something that only CockroachDB knows. */
export function queryOptions(state: SltState, spot: Spot, args: readonly string[]): QueryOptions {
  const [options = '', ...others] = args
  let sort: SortMode | undefined
  let orderedBy: readonly number[] | undefined
  let columnNames = false
  // CockroachDB has several, with commas between.
  const names = options.split(/,(?![^(]*\))/)
  const [, isForeign] = /^(kvtrace|noticetrace|async|retry|empty|nodeidx=|rowsort\()/.exec(names[0] ?? '') ?? []
  if (isForeign !== undefined) throw fault(spot, `${options} is not supported: it is CockroachDB’s own`)
  const isOptions = names.every((name) => isSortMode(name) || name === 'colnames' || PARTIAL.test(name))
  for (const name of isOptions ? names : []) {
    const [, columns] = PARTIAL.exec(name) ?? []
    if (columns !== undefined) {
      orderedBy = columns.split(',').map((column) => numberOf(spot, 'partialsort', column.trim(), 1))
    } else if (isSortMode(name)) sort = name
    else columnNames = true
  }
  const [first, ...more] = isOptions ? others : args
  if (more.length > 0) {
    throw fault(spot, `what is ${more.join(' ')} for? A query has types, a sort mode and a label`)
  }
  // DuckDB has a connection where the others have a label, unless there is a sort mode.
  const isConnection = state.dialect === 'duckdb' && !isOptions
  return {
    sort: orderedBy === undefined ? (sort ?? state.sort) : 'nosort',
    orderedBy,
    columnNames,
    label: isConnection ? undefined : first,
    connection: isConnection ? first : undefined,
  }
}

const PARTIAL = /^partialsort\(([^)]*)\)$/

/** `retry 3 backoff 5s` at the end of a line, and what stands before it. */
export function retryOf(
  state: SltState,
  spot: Spot,
  args: readonly string[],
): { readonly retry: Retry | undefined; readonly others: readonly string[] } {
  const from = args.length - 4
  if (from < 0 || args[from] !== 'retry' || args[from + 2] !== 'backoff')
    return { retry: state.next.retry, others: args }
  const attempts = numberOf(spot, 'retry', args[from + 1] ?? '', 1)
  return { retry: { attempts, backoffMs: durationOf(spot, args[from + 3] ?? '') }, others: args.slice(0, from) }
}

/** What stands behind a statement of DuckDB: its connection. @throws {SqlFileError} if something stands there elsewhere. */
export function connectionOf(state: SltState, spot: Spot, others: readonly string[]): string | undefined {
  const [name, ...more] = others
  if (name !== undefined && (state.dialect !== 'duckdb' || more.length > 0)) {
    throw fault(spot, `what is ${others.join(' ')} for?`, ['a connection stands here in DuckDB: # dialect: duckdb'])
  }
  return name
}
