import type { StatementOptions, Value } from './connection.ts'
import type { Row, Rows } from './rows.ts'

/** Sends a statement. */
export type Ask = <R extends object = Row>(sql: string, values?: readonly Value[]) => Promise<Rows<R>>

/** What questions are asked through: the fixture `tidb`, or any session or connection. */
export interface Querier {
  query<R extends object = Row>(sql: string, values?: readonly Value[], options?: StatementOptions): Promise<Rows<R>>
}
