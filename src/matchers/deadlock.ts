import type { Deadlock, DeadlockEdge } from '../connection/deadlocks.ts'
import { LockAccountError } from '../errors.ts'
import { SessionBase } from '../workflow/session.ts'
import { named, statementOf } from './blocking.ts'
import { endingOf } from './failure.ts'
import { otherFailure, type MatcherState } from './other-failure.ts'

const DEADLOCK = 1213

/**
 * `await expect(write).toDeadlockWith(alice)`: the statement fails with 1213, and the cycle that the server ended its
 * transaction for has a transaction of the other session.
 */
export async function toDeadlockWith(this: MatcherState, received: unknown, other: unknown) {
  const statement = statementOf(received, 'toDeadlockWith')
  if (!(other instanceof SessionBase)) {
    throw new TypeError(`toDeadlockWith() takes the other session, not ${typeof other}`)
  }
  const ending = await endingOf(statement, 'toDeadlockWith')
  const what = `${named(statement)} to deadlock with ${other.name}`
  if (ending.errno !== DEADLOCK && ending.error !== undefined) {
    throw otherFailure(this, named(statement), `to deadlock with ${other.name}`, ending.words, ending.error)
  }
  if (ending.errno !== DEADLOCK) return { pass: false, message: () => `expected ${what}, but ${ending.words}` }
  const unknown = (why: string) =>
    new LockAccountError(`what ${named(statement)} deadlocked with can't be known: ${why}`, { host: other.host })
  const own = await statement.deadlocked
  if (own === undefined) throw unknown('the server does not say in which transaction it was')
  const deadlock = await other.lockWaits.deadlockOf(own, other.waitTimeoutMs)
  if (deadlock === undefined) {
    throw unknown(
      `the server remembers no deadlock of its transaction ${own}, only its last few and those that were final`,
    )
  }
  const pass = await takesPart(other, deadlock)
  if (pass === undefined) {
    throw unknown(`a transaction of the cycle has ended, and no session is known for it:\n${describe(deadlock)}`)
  }
  return {
    pass,
    message: () =>
      pass
        ? `expected ${named(statement)} not to deadlock with ${other.name}, but it did:\n${describe(deadlock)}`
        : `expected ${what}, but it deadlocked with another transaction:\n${describe(deadlock)}`,
  }
}

/** Whether a session has, or last had, one of the transactions; undefined if that can't be known. */
async function takesPart(session: SessionBase, { edges, connections }: Deadlock): Promise<boolean | undefined> {
  const transactions = [...new Set(edges.flatMap(({ waiting, holding }) => [waiting, holding]))]
  const { connection, connectionId } = session
  if (connection === undefined) return false
  if (transactions.some((transaction) => connections.get(transaction) === connectionId)) return true
  const ended = transactions.filter((transaction) => !connections.has(transaction))
  // The statement's own transaction has ended in any case.
  if (ended.length <= 1) return false
  if (connection.running > 0) return undefined
  // https://docs.pingcap.com/tidb/stable/system-variables/#tidb_last_txn_info : the last one that was committed.
  const [row] = await connection.query<{ info: string }>('select @@tidb_last_txn_info as info', [], {
    within: session.waitTimeoutMs,
  })
  const last = /"start_ts":\s*(\d+)/.exec(row?.info ?? '')?.[1]
  return last !== undefined && ended.includes(last) ? true : undefined
}

function describe({ edges, connections }: Deadlock): string {
  const of = (transaction: string) => {
    const id = connections.get(transaction)
    return `transaction ${transaction}${id === undefined ? '' : ` of connection ${id}`}`
  }
  return edges
    .map(
      ({ waiting, holding, statement, key }: DeadlockEdge) =>
        `  ${of(waiting)} waits for ${of(holding)}: ${statement} (${key})`,
    )
    .join('\n')
}
