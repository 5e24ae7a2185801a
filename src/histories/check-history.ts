import { ConfigError } from '../errors.ts'
import { cyclesOf, type Cycle } from './cycles.ts'
import { dependenciesOf } from './dependencies.ts'
import { directFindings } from './direct.ts'
import { edgeText } from './explain.ts'
import { ORDERS, type Finding, type Order } from './finding.ts'
import type { History, Transaction } from './history.ts'
import { knowledgeOf } from './version-orders.ts'

/** What the transactions of a history prove. */
export interface HistoryCheck {
  /** What some level forbids; what no level does is not told. Empty for a history that even strict serializability allows. */
  readonly findings: readonly Finding[]
  /** How many transactions committed, counting those of unknown end whose appends were read. */
  readonly committed: number
  readonly rolledBack: number
  /** How many ended in a way that nobody knows. */
  readonly unknown: number
  /** How many reads of committed transactions there are: without any, nothing is proven. */
  readonly reads: number
}

const SUFFIX: Readonly<Record<Order, string>> = { '': '', session: '-process', 'real time': '-realtime' }

/**
 * Finds what a list-append history shows that some level forbids. It tells only what follows from what sessions observed:
 * a list grows at its end, and each value is appended to it once, so that a read tells the order of all appends before it.
 *
 * K. Kingsbury and P. Alvaro, Elle: Inferring Isolation Anomalies from Experimental Observations, 2020
 * (https://arxiv.org/abs/2003.10554).
 *
 * @throws {ConfigError} if a value was appended to a list twice, a transaction ends before it begins, or a session has two
 *   transactions at once: such a history can't be told apart from others.
 */
export function checkHistory({ transactions }: History): HistoryCheck {
  for (const [index, transaction] of transactions.entries()) demandTimes(transaction, index)
  demandOneAtATime(transactions)
  const knowledge = knowledgeOf(transactions)
  const [twice] = knowledge.ambiguous
  if (twice !== undefined) {
    throw new ConfigError(['history'], `${twice.value} was appended to list ${twice.key} more than once`, {
      hints: ['give each append a value of its own: who wrote what is read can be told only then'],
    })
  }
  const cycles = cyclesOf(dependenciesOf(knowledge), transactions.length)
  const ended = (end: Transaction['end']) =>
    transactions.filter((one, index) => one.end === end && (end !== 'unknown' || knowledge.committed[index] !== true))
      .length
  return {
    findings: [
      ...directFindings(knowledge).map((finding): Finding => {
        const { order = '' } = finding
        return { ...finding, order, name: finding.anomaly, cycle: [] }
      }),
      ...cycles.map(findingOf),
    ],
    committed: knowledge.committed.filter(Boolean).length,
    rolledBack: ended('rolled back'),
    unknown: ended('unknown'),
    reads: [...knowledge.lists.values()].reduce((sum, { reads }) => sum + reads.length, 0),
  }
}

function findingOf({ anomaly, base, edges }: Cycle): Finding {
  const rank = Math.max(...edges.map(({ kind }) => (kind === 'process' ? 1 : kind === 'realtime' ? 2 : 0)))
  const order = ORDERS[rank] ?? ''
  const kinds = edges
    .map(({ kind }) => kind)
    .sort()
    .join(' ')
  // Both read the same list as it was before either appended to it.
  const isLostUpdate = kinds === 'rw ww' && edges[0]?.key === edges[1]?.key
  return {
    name: isLostUpdate ? 'lost update' : `${anomaly}${SUFFIX[order]}`,
    anomaly: isLostUpdate ? 'lost update' : anomaly,
    base,
    order,
    transactions: edges.map(({ from }) => from),
    cycle: edges,
    because: edges.map(edgeText).join('; '),
  }
}

function demandTimes({ beganMs, endedMs }: Transaction, index: number): void {
  if (Number.isFinite(beganMs) && (endedMs === undefined || endedMs >= beganMs)) return
  throw new ConfigError(['history'], `T${index} began at ${beganMs} ms and ended at ${endedMs} ms`, {
    hints: ['take the times of a history from a clock that is never set back, such as performance.now()'],
  })
}

function demandOneAtATime(transactions: readonly Transaction[]): void {
  const bySession = Map.groupBy(transactions.keys(), (index) => transactions[index]?.session ?? '')
  for (const [session, own] of bySession) {
    const inOrder = own.sort((one, other) => (transactions[one]?.beganMs ?? 0) - (transactions[other]?.beganMs ?? 0))
    for (const [at, index] of inOrder.entries()) {
      const next = inOrder[at + 1]
      const { endedMs } = transactions[index] ?? {}
      if (next === undefined || endedMs === undefined || endedMs <= (transactions[next]?.beganMs ?? 0)) continue
      throw new ConfigError(['history'], `${session} began T${next} before T${index} had ended`, {
        hints: ['give sessions that work at the same time names of their own'],
      })
    }
  }
}
