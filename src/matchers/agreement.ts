import type { TextAnswer } from '../connection/text-connection.ts'
import { permanence } from '../connection/error-codes.ts'
import type { Duration } from '../duration.ts'
import { firstLine, StatementError } from '../errors.ts'
import { printable } from '../redact.ts'
import { differenceOf, type CompareOptions, type DifferenceKind } from '../side-by-side/difference.ts'
import { isPlan } from '../side-by-side/plan.ts'
import { SessionBase } from '../workflow/session.ts'
import { otherFailure, type MatcherState } from './other-failure.ts'

export interface AgreeOptions extends CompareOptions {
  /** Deadline of each statement, on each of the servers. Default: TIDB_STATE_TIMEOUT_MS. */
  readonly within?: Duration | undefined
}

const DIFFERS: Readonly<Record<DifferenceKind, string>> = {
  result: 'the results differ',
  error: 'both refuse it, with different errors',
  failure: 'only one of them refuses it',
}

/** `await expect(tidb).toAgreeWith(baseline, 'select …')` */
export async function toAgreeWith(
  this: MatcherState,
  received: unknown,
  other: unknown,
  sql: string | readonly string[],
  { within, ...options }: AgreeOptions = {},
) {
  const [one, two] = [received, other].map(sessionOf) as [SessionBase, SessionBase]
  if (one === two) throw new TypeError('toAgreeWith() takes another session, not the same one')
  const statements = typeof sql === 'string' ? [sql] : sql
  if (statements.length === 0) throw new TypeError('toAgreeWith() takes a statement or several, not none')
  for (const statement of statements) {
    const subject = `${one.name} and ${two.name} on: ${printable(statement)}`
    const asked = await Promise.allSettled([one, two].map((session) => answerOf(session, statement, within)))
    const [answer, baseline] = asked.map((each, at) => {
      if (each.status === 'fulfilled') return each.value
      const what = `${[one, two][at]?.name} gave no answer: ${firstLine(each.reason)}`
      throw otherFailure(this, 'agreement', `of ${subject}`, what, each.reason)
    }) as [TextAnswer, TextAnswer]
    if ([answer, baseline].some(({ results }) => results.some((result) => isPlan(statement, result)))) {
      await demandTiDB(this, [one, two], subject)
    }
    const difference = differenceOf(statement, answer, baseline, options)
    if (difference === undefined) continue
    const { kind, answer: actual, baseline: expected } = difference
    const places = `${one.name} at ${one.host} to agree with ${two.name} at ${two.host}`
    const message = () => `expected ${places}, but ${DIFFERS[kind]}: ${printable(statement)}`
    return { pass: false, message, actual, expected }
  }
  const last = printable(statements.at(-1) ?? '')
  return { pass: true, message: () => `expected ${one.name} not to agree with ${two.name}, but they do: ${last}` }
}

function sessionOf(session: unknown): SessionBase {
  if (session instanceof SessionBase) return session as SessionBase
  throw new TypeError(`toAgreeWith() takes two sessions, such as tidb and baseline, not ${typeof session}`)
}

/** What a server said. @throws what a session, its connection or a deadline failed with: those say nothing of a statement. */
async function answerOf(session: SessionBase, sql: string, within: Duration | undefined): Promise<TextAnswer> {
  try {
    return { results: await session.assertText(sql, { within: within ?? session.connection?.address.stateTimeoutMs }) }
  } catch (error) {
    if (!(error instanceof StatementError) || error.answer?.errno === undefined) throw error
    const { errno, code, sqlState = '', message } = error.answer
    if (permanence(error.answer) === 'lost') throw error
    return { results: [], refusal: { errno, code, sqlState, message: Buffer.from(message).toString('latin1') } }
  }
}

/** Plans of other servers have other columns: nothing is known by comparing them. */
async function demandTiDB(state: MatcherState, sessions: readonly SessionBase[], subject: string): Promise<void> {
  for (const session of sessions) {
    const [result] = await session.assertText('select version()')
    const version = result?.rows[0]?.[0] ?? ''
    if (version.includes('TiDB')) continue
    const but = `${session.name} is ${version}: EXPLAIN is compared only between TiDBs`
    throw otherFailure(state, 'agreement', `of ${subject}`, but, undefined)
  }
}
