import { answerOf } from '../connection/error-codes.ts'
import { printable } from '../redact.ts'
import { StatementError, TiDBError, firstLine, type ServerAnswer } from '../errors.ts'
import { SentStatement } from '../workflow/sent-statement.ts'
import { ended, named } from './blocking.ts'
import { otherFailure, type MatcherState } from './other-failure.ts'

/** What something that was to fail did instead, or failed with. */
interface Ending extends Partial<ServerAnswer> {
  /** What it failed with. */
  readonly error?: unknown
  /** In words, such as `it completed`. */
  readonly words: string
}

/** Awaits it. @throws {TypeError} if it is nothing that ends. */
export async function endingOf(received: unknown, matcher: string): Promise<Ending> {
  if (received instanceof Error) return failed(received)
  const thenable = typeof received === 'object' && received !== null && 'then' in received
  if (!thenable) {
    throw new TypeError(`${matcher}() takes a statement in flight, a promise or an error, not ${typeof received}`)
  }
  try {
    await (received as PromiseLike<unknown>)
    const words = received instanceof SentStatement ? `it ${ended(received as SentStatement<object>)}` : 'it completed'
    return { words }
  } catch (error) {
    return failed(error)
  }
}

function failed(error: unknown): Ending {
  const answer = error instanceof TiDBError ? (error.answer ?? { message: firstLine(error) }) : answerOf(error)
  const { errno, code, message } = answer
  const name = [errno, code].filter((part) => part !== undefined).join(' ')
  return { error, ...answer, words: `it failed${name === '' ? '' : ` with ${name}`}: ${message}` }
}

function subject(received: unknown): string {
  if (received instanceof SentStatement) return named(received as SentStatement<object>)
  return received instanceof StatementError ? `the statement (${printable(received.sql)})` : 'the work'
}

/** `await expect(statement).toFailWith(1062)`, or by symbol: `toFailWith('ER_DUP_ENTRY')` */
export function toFailWith(this: MatcherState, received: unknown, wanted: number | string) {
  return toFailAs(this, received, [wanted], 'toFailWith', `to fail with ${wanted}`)
}

/** Conflicts with a transaction that committed first: https://docs.pingcap.com/tidb/stable/error-codes/ ; 1020 is MariaDB's. */
const CONFLICTS = [9007, 8002, 8005, 8022, 1020]

/** `await expect(commit).toConflict()` */
export function toConflict(this: MatcherState, received: unknown) {
  return toFailAs(this, received, CONFLICTS, 'toConflict', 'to conflict with another transaction')
}

/** `await expect(write).toTimeOutWaiting()` */
export function toTimeOutWaiting(this: MatcherState, received: unknown) {
  return toFailAs(this, received, [1205], 'toTimeOutWaiting', 'to time out waiting for a lock (1205)')
}

async function toFailAs(
  state: MatcherState,
  received: unknown,
  wanted: readonly (number | string)[],
  matcher: string,
  what: string,
) {
  const ending = await endingOf(received, matcher)
  const { errno, code, error, words } = ending
  const pass = wanted.some((one) => one === errno || one === code)
  if (!pass && error !== undefined) throw otherFailure(state, subject(received), what, words, error)
  return {
    pass,
    message: () => `expected ${subject(received)} ${pass ? 'not ' : ''}${what}, but ${words}`,
  }
}
