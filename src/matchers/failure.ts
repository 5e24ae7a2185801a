import { answerOf } from '../connection/error-codes.ts'
import { printable } from '../connection/statement-log.ts'
import { StatementError, TiDBError, firstLine, type ServerAnswer } from '../errors.ts'
import { SentStatement } from '../workflow/sent-statement.ts'
import { ended, named } from './blocking.ts'

/** What something that was to fail did instead, or failed with. */
interface Ending extends Partial<ServerAnswer> {
  readonly failed: boolean
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
    return { failed: false, words }
  } catch (error) {
    return failed(error)
  }
}

function failed(error: unknown): Ending {
  const answer = error instanceof TiDBError ? (error.answer ?? { message: firstLine(error) }) : answerOf(error)
  const { errno, code, message } = answer
  const name = [errno, code].filter((part) => part !== undefined).join(' ')
  return { failed: true, ...answer, words: `it failed${name === '' ? '' : ` with ${name}`}: ${message}` }
}

function subject(received: unknown): string {
  if (received instanceof SentStatement) return named(received as SentStatement<object>)
  return received instanceof StatementError ? `the statement (${printable(received.sql)})` : 'the work'
}

/** `await expect(statement).toFailWith(1062)`, or by symbol: `toFailWith('ER_DUP_ENTRY')` */
export async function toFailWith(received: unknown, wanted: number | string) {
  const ending = await endingOf(received, 'toFailWith')
  const pass = ending.failed && (ending.errno === wanted || ending.code === wanted)
  return {
    pass,
    message: () => `expected ${subject(received)} ${pass ? 'not to' : 'to'} fail with ${wanted}, but ${ending.words}`,
  }
}

/** Conflicts with a transaction that committed first: https://docs.pingcap.com/tidb/stable/error-codes/ ; 1020 is MariaDB's. */
const CONFLICTS = [9007, 8002, 8005, 8022, 1020]

/** `await expect(commit).toConflict()` */
export function toConflict(received: unknown) {
  return toFailWithOneOf(received, CONFLICTS, 'toConflict', 'conflict with another transaction')
}

/** `await expect(write).toTimeOutWaiting()` */
export function toTimeOutWaiting(received: unknown) {
  return toFailWithOneOf(received, [1205], 'toTimeOutWaiting', 'time out waiting for a lock (1205)')
}

async function toFailWithOneOf(received: unknown, numbers: readonly number[], matcher: string, what: string) {
  const ending = await endingOf(received, matcher)
  const pass = ending.errno !== undefined && numbers.includes(ending.errno)
  return {
    pass,
    message: () => `expected ${subject(received)} ${pass ? 'not to' : 'to'} ${what}, but ${ending.words}`,
  }
}
