import { EdgeList, Graph } from './graph.ts'
import type { Transaction } from './history.ts'
import type { Knowledge, ListKnowledge } from './version-orders.ts'

/**
 * What came before what, as far as a history tells. The nodes are the transactions by their places, and behind them one
 * for each moment at which some had ended and others began.
 */
export function dependenciesOf({ transactions, committed, lists }: Knowledge): Graph {
  const edges = new EdgeList()
  for (const list of lists.values()) addList(edges, list, committed)
  addSessions(edges, transactions, committed)
  const moments = addRealTime(edges, transactions, committed)
  return new Graph(transactions.length + moments, edges)
}

/**
 * A list grows at its end only, so a read tells the order of all that was appended before it. What a transaction of
 * known commit appended and nobody has read came after all of that.
 */
function addList(edges: EdgeList, list: ListKnowledge, committed: readonly boolean[]): void {
  const { key, appends, order, reads, unread } = list
  const writerOf = (value: number | undefined) => {
    const writer = value === undefined ? undefined : appends.get(value)?.transaction
    return writer !== undefined && committed[writer] === true ? writer : undefined
  }
  for (let at = 1; at < order.length; at += 1) {
    const [from, to] = [writerOf(order[at - 1]), writerOf(order[at])]
    if (from !== undefined && to !== undefined) edges.add(from, to, 'ww', key, order[at - 1], order[at])
  }
  const last = order.at(-1)
  const lastWriter = writerOf(last)
  for (const value of unread) {
    const to = writerOf(value)
    if (to !== undefined && lastWriter !== undefined) edges.add(lastWriter, to, 'ww', key, last, value)
  }
  for (const { transaction, values } of reads) {
    // One that fits no order tells of none: it is a finding by itself.
    if (!isPrefix(values, order)) continue
    const read = values.at(-1)
    const from = writerOf(read)
    if (from !== undefined) edges.add(from, transaction, 'wr', key, read, read)
    const following = values.length < order.length ? [order[values.length]] : unread
    for (const value of following) {
      const to = writerOf(value)
      if (to !== undefined) edges.add(transaction, to, 'rw', key, read, value)
    }
  }
}

export function isPrefix(values: readonly number[], order: readonly number[]): boolean {
  // From the end: where two reads of a list differ, they mostly differ there.
  for (let at = values.length - 1; at >= 0; at -= 1) if (values[at] !== order[at]) return false
  return true
}

function addSessions(edges: EdgeList, transactions: readonly Transaction[], committed: readonly boolean[]): void {
  const latest = new Map<string, number>()
  const inOrder = [...transactions.keys()].sort(
    (one, other) => beganAt(transactions, one) - beganAt(transactions, other),
  )
  for (const transaction of inOrder) {
    if (committed[transaction] !== true) continue
    const session = transactions[transaction]?.session ?? ''
    const before = latest.get(session)
    if (before !== undefined) edges.add(before, transaction, 'process')
    // Of one whose end nobody heard it is not known whether it had ended when the next one began.
    if (transactions[transaction]?.endedMs !== undefined) latest.set(session, transaction)
  }
}

function beganAt(transactions: readonly Transaction[], transaction: number): number {
  return transactions[transaction]?.beganMs ?? 0
}

/**
 * One that had ended when another began came before it. Each end leads to a node of the moment, that to the next moment,
 * and each moment to what began after it: three edges a transaction, where pairs would be many millions.
 *
 * @returns how many moments there are.
 */
function addRealTime(edges: EdgeList, transactions: readonly Transaction[], committed: readonly boolean[]): number {
  const events: { at: number; isEnd: boolean; transaction: number }[] = []
  for (const [transaction, { beganMs, endedMs }] of transactions.entries()) {
    if (committed[transaction] !== true) continue
    events.push({ at: beganMs, isEnd: false, transaction })
    if (endedMs !== undefined) events.push({ at: endedMs, isEnd: true, transaction })
  }
  // Of what has the same time nothing came before: beginnings first.
  events.sort((one, other) => one.at - other.at || Number(one.isEnd) - Number(other.isEnd))
  let moments = 0
  let isOpen = false
  for (const { isEnd, transaction } of events) {
    const moment = transactions.length + moments
    if (isEnd) {
      if (!isOpen) {
        moments += 1
        isOpen = true
        if (moments > 1) edges.add(moment - 1, moment, 'realtime')
      }
      edges.add(transaction, transactions.length + moments - 1, 'realtime')
    } else if (moments > 0) {
      isOpen = false
      edges.add(transactions.length + moments - 1, transaction, 'realtime')
    }
  }
  return moments
}
