import type { Deadlock } from '../connection/deadlocks.ts'
import { SessionBase } from '../workflow/session.ts'
import { named, statementOf } from './blocking.ts'
import { endingOf } from './failure.ts'
import { otherFailure, type MatcherState } from './other-failure.ts'

const DEADLOCK = 1213

/**
 * `await expect(write).toDeadlockWith(alice)`: the statement fails with 1213, and the server's history of deadlocks has
 * a cycle of its transaction and that of the other session.
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
