import type { TextAnswer } from '../connection/text-connection.ts'
import type { TextResult, TextRow } from '../connection/text-result.ts'
import { saysOrder } from './order.ts'
import { comparablePlan, isPlan } from './plan.ts'
import { shownPair } from './shown.ts'

/**
 * In what two servers differ:
 * - `result`: columns, rows, or how many were changed;
 * - `error`: both refuse the statement, with different error numbers;
 * - `failure`: only one of them refuses it.
 */
export type DifferenceKind = 'result' | 'error' | 'failure'

/** What two servers answered to the same statement, where that differs. */
export interface Difference {
  readonly kind: DifferenceKind
  /** What each answered, fit to print. */
  readonly answer: string
  readonly baseline: string
}

export interface CompareOptions {
  /** Whether rows are compared in the order they came in. Default: if the statement has an ORDER BY of its own. */
  readonly ordered?: boolean | undefined
}

/** Compares the answers of two servers to one text; undefined if they are alike. Two errors of one number are. */
export function differenceOf(
  sql: string,
  answer: TextAnswer,
  baseline: TextAnswer,
  { ordered = saysOrder(sql) }: CompareOptions = {},
): Difference | undefined {
  const kind = kindOf(answer, baseline)
  const [one, other] = [answer, baseline].map((each) => comparable(sql, each, ordered))
  if (kind === 'result' && JSON.stringify(one?.results) === JSON.stringify(other?.results)) return undefined
  if (kind === 'error' && answer.refusal?.errno === baseline.refusal?.errno) return undefined
  const [shown, shownBaseline] = shownPair(textOf(one ?? answer), textOf(other ?? baseline))
  return { kind, answer: shown, baseline: shownBaseline }
}

/** An answer in one line or a few, fit to print. */
function textOf({ results, refusal }: TextAnswer): string {
  if (refusal !== undefined) return `error ${refusal.errno}: ${refusal.message}`
  return results.map(resultText).join('\n')
}

function kindOf(one: TextAnswer, other: TextAnswer): DifferenceKind {
  if (one.refusal !== undefined && other.refusal !== undefined) return 'error'
  return one.refusal === undefined && other.refusal === undefined ? 'result' : 'failure'
}

/** What counts of an answer: what a server says beside it, in words of its own, does not. */
function comparable(sql: string, { results, refusal }: TextAnswer, ordered: boolean): TextAnswer {
  const counted = results.map((result) => {
    const { columns, rows, affectedRows } = isPlan(sql, result) ? comparablePlan(result) : result
    const isTree = isPlan(sql, result)
    return { columns, rows: ordered || isTree ? rows : rows.toSorted(byValues), affectedRows, info: '' }
  })
  return { results: counted, ...(refusal !== undefined && { refusal }) }
}

function byValues(one: TextRow, other: TextRow): number {
  const [left, right] = [JSON.stringify(one), JSON.stringify(other)]
  return left < right ? -1 : Number(left > right)
}

function resultText({ columns, rows, affectedRows }: TextResult): string {
  if (columns.length === 0) return `rows changed: ${affectedRows}`
  // A text that reads NULL is none.
  const shown = rows.map((row) => row.map((value) => value?.replace(/^'*NULL'*$/, "'$&'") ?? 'NULL').join('\t'))
  return [columns.join('\t'), ...shown].join('\n')
}
