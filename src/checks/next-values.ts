import type { Querier } from '../connection/ask.ts'
import { CheckError, StatementError } from '../errors.ts'
import { formatCount, formatQuantity } from '../number-format.ts'
import { quoteName } from '../quote-name.ts'

/** A table or sequence that gives out values. */
export interface Giver {
  readonly place: string
  readonly name: string
}

/** One row of `SHOW TABLE … NEXT_ROW_ID`. */
export interface NextValue {
  readonly COLUMN_NAME: string
  readonly NEXT_GLOBAL_ROW_ID: string | number
  /** `AUTO_INCREMENT`, `AUTO_RANDOM`, `SEQUENCE`, or `_TIDB_ROWID`. */
  readonly ID_TYPE: string
}

// Dropped since it was listed: no such table, database, or sequence.
const GONE = new Set([1049, 1051, 1146, 4139])

/** What the storage gives out next, whichever tidb-server asks; undefined if the table is gone. */
export async function nextValues(session: Querier, { place, name }: Giver): Promise<readonly NextValue[] | undefined> {
  try {
    return await session.query<NextValue>(`show table ${quoteName(place)}.${quoteName(name)} next_row_id`)
  } catch (error) {
    if (error instanceof StatementError && error.errno !== undefined && GONE.has(error.errno)) return undefined
    throw error
  }
}

/** @throws {CheckError} if there are more than may be asked: those that are left would count as passed. */
export function demandAll(check: string, givers: readonly Giver[], asked: number, what: string): void {
  if (givers.length <= asked) return
  const left = `not available here, because ${formatQuantity(givers.length, what)} would be a statement each, and ${formatCount(asked)} may be sent`
  throw new CheckError(check, left, { silence: 'not-available', hints: [`raise ${check}.asked`] })
}
