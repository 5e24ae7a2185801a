import { answerOf } from '../connection/error-codes.ts'
import { printable } from '../connection/statement-log.ts'
import { StatementError, TiDBError, firstLine, type ServerAnswer } from '../errors.ts'
import { SentStatement } from '../workflow/sent-statement.ts'
import { SessionBase } from '../workflow/session.ts'
import type { Deadlock } from '../connection/deadlocks.ts'
import { ended, named, statementOf } from './blocking.ts'

/** What something that was to fail did instead, or failed with. */
interface Ending extends Partial<ServerAnswer> {
  readonly failed: boolean
  /** In words, such as `it completed`. */
  readonly words: string
}

async function endingOf(received: unknown, matcher: string): Promise<Ending> {
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

const DEADLOCK = 1213

/**
 * `await expect(write).toDeadlockWith(alice)`: the statement fails with 1213, and the server's history of deadlocks has
 * a cycle of its transaction and that of the other session.
 */
export async function toDeadlockWith(received: unknown, other: unknown) {
  const statement = statementOf(received, 'toDeadlockWith')
  if (!(other instanceof SessionBase)) {
    throw new TypeError(`toDeadlockWith() takes the other session, not ${typeof other}`)
  }
  const ending = await endingOf(statement, 'toDeadlockWith')
  const what = `${named(statement)} to deadlock with ${other.name}`
  if (ending.errno !== DEADLOCK) return { pass: false, message: () => `expected ${what}, but ${ending.words}` }
  const { lockWaits } = other
  const history = await lockWaits.deadlocks()
  if (history === undefined) throw new Error(`${what}: this server keeps no history of deadlocks to prove it by`)
  const transaction = await transactionOf(other)
  const digest = await lockWaits.digestOf(statement.sql)
  const cycle = cyclesOf(history).find(
    (edges) =>
      edges.some(({ waiting, holding }) => waiting === transaction || holding === transaction) &&
      edges.some((edge) => edge.digest === digest && edge.waiting !== transaction),
  )
  return {
    pass: cycle !== undefined,
    message: () =>
      cycle === undefined
        ? `expected ${what} (transaction ${transaction ?? 'unknown'}); it did with another one. The server's last deadlocks:\n${history.map(describeEdge).join('\n')}`
        : `expected ${named(statement)} not to deadlock with ${other.name}, but it did:\n${cycle.map(describeEdge).join('\n')}`,
  }
}

function cyclesOf(edges: readonly Deadlock[]): Deadlock[][] {
  return [...Map.groupBy(edges, ({ id }) => id).values()]
}

function describeEdge({ waiting, holding, statement, key }: Deadlock): string {
  return `  transaction ${waiting} waits for ${holding}: ${statement} (${key})`
}

/** The transaction that a session has open; where it has none, its last one. */
async function transactionOf(session: SessionBase): Promise<string | undefined> {
  const { connection, connectionId } = session
  if (connection === undefined || connectionId === undefined) return undefined
  const open = await session.lockWaits.transactionOf(connectionId)
  if (open !== undefined || connection.running > 0) return open
  // https://docs.pingcap.com/tidb/stable/system-variables/#tidb_last_txn_info : numbers too big for JavaScript's JSON
  const [row] = await connection.query<{ info: string }>('select @@tidb_last_txn_info as info')
  return /"start_ts":(\d+)/.exec(row?.info ?? '')?.[1]
}
