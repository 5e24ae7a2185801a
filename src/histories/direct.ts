import { isPrefix } from './dependencies.ts'
import type { Finding } from './finding.ts'
import type { Transaction } from './history.ts'
import type { Knowledge, KnownRead, ListKnowledge } from './version-orders.ts'

type Direct = Omit<Finding, 'name' | 'cycle' | 'order'> & Partial<Pick<Finding, 'order'>>

/** What single reads show, without any cycle. */
export function directFindings(knowledge: Knowledge): Direct[] {
  const { transactions, committed, lists } = knowledge
  return [
    ...[...lists.values()].flatMap((list) => [
      ...list.reads.flatMap((read) => ofRead(read, list, knowledge)),
      ...ofOrder(list, knowledge),
    ]),
    ...transactions.flatMap((transaction, index) => (committed[index] === true ? internal(transaction, index) : [])),
  ]
}

function ofRead({ transaction, values }: KnownRead, { key, appends }: ListKnowledge, { transactions }: Knowledge) {
  const found: Direct[] = []
  const seen = new Set<number>()
  const read = `T${transaction} read ${listText(values)} in list ${key}`
  for (const value of values) {
    if (seen.has(value)) {
      const because = `${read}: ${value} is there twice, and was appended once`
      const writer = appends.get(value)?.transaction
      const both = writer === undefined || writer === transaction ? [transaction] : [writer, transaction]
      found.push({ anomaly: 'duplicate elements', base: 'read uncommitted', transactions: both, because })
      break
    }
    seen.add(value)
  }
  for (const value of seen) {
    const append = appends.get(value)
    if (append === undefined) {
      const because = `${read}: nobody appended ${value}`
      found.push({ anomaly: 'garbage read', base: 'read uncommitted', transactions: [transaction], because })
    } else if (transactions[append.transaction]?.end === 'rolled back') {
      const because = `${read}: ${value} was appended by T${append.transaction}, which was rolled back`
      found.push({ anomaly: 'G1a', base: 'read committed', transactions: [append.transaction, transaction], because })
    }
  }
  const last = values.at(-1)
  const append = last === undefined ? undefined : appends.get(last)
  if (append !== undefined && !append.isFinal && append.transaction !== transaction) {
    const because = `${read}: T${append.transaction} appended more to it after ${last}`
    found.push({ anomaly: 'G1b', base: 'read committed', transactions: [append.transaction, transaction], because })
  }
  return found
}

function ofOrder(list: ListKnowledge, { transactions, committed }: Knowledge): Direct[] {
  const { key, appends, reads, order, longest, unread } = list
  const found: Direct[] = []
  const other = reads.find(({ values }) => !isPrefix(values, order))
  if (other !== undefined && longest !== undefined) {
    found.push({
      anomaly: 'incompatible order',
      base: 'read committed',
      transactions: [...new Set([longest.transaction, other.transaction])],
      because: `T${longest.transaction} read ${listText(order)} in list ${key}, and T${other.transaction} ${listText(other.values)}: neither is how the other began`,
    })
  }
  const writers = order.map((value) => appends.get(value)?.transaction)
  const dirty = writers.findIndex(
    (writer, at) =>
      writer !== undefined &&
      transactions[writer]?.end === 'rolled back' &&
      writers.slice(at + 1).some((later) => later !== undefined && committed[later] === true),
  )
  if (dirty !== -1) {
    const writer = writers[dirty] ?? 0
    const later = writers.slice(dirty + 1).find((one) => one !== undefined && committed[one] === true) ?? 0
    found.push({
      anomaly: 'dirty update',
      base: 'read committed',
      transactions: [writer, later],
      because: `T${later} appended to list ${key} behind ${order[dirty]}, which T${writer} had appended and rolled back`,
    })
  }
  const unreadWriters = new Set(unread.map((value) => appends.get(value)?.transaction))
  // In whichever order they came, the later one had not read what the earlier one appended.
  const [one, another] = new Set(
    reads.flatMap(({ transaction, values }) =>
      unreadWriters.has(transaction) && values.length === order.length && isPrefix(values, order) ? [transaction] : [],
    ),
  )
  if (one !== undefined && another !== undefined) {
    found.push({
      anomaly: 'lost update',
      base: 'snapshot isolation',
      transactions: [one, another],
      because: `T${one} and T${another} both read ${listText(order)} in list ${key} and appended to it`,
    })
  }
  for (const value of unread) {
    const writer = appends.get(value)?.transaction ?? 0
    const { endedMs } = transactions[writer] ?? {}
    const reader = reads.find(({ transaction }) => (transactions[transaction]?.beganMs ?? 0) > (endedMs ?? Infinity))
    if (reader === undefined) continue
    found.push({
      anomaly: 'lost element',
      base: 'snapshot isolation',
      order: 'real time',
      transactions: [writer, reader.transaction],
      because: `T${writer} appended ${value} to list ${key} and had committed when T${reader.transaction} began, which read ${listText(reader.values)}; nobody ever read ${value}`,
    })
  }
  return found
}

/** Within one transaction: a list that was read again is as it was, and what was appended since. */
function internal({ operations }: Transaction, index: number): Direct[] {
  const known = new Map<number, { read: readonly number[] | undefined; own: number[] }>()
  for (const [at, operation] of operations.entries()) {
    let list = known.get(operation.key)
    if (list === undefined) known.set(operation.key, (list = { read: undefined, own: [] }))
    if (operation.kind === 'append') {
      list.own.push(operation.value)
      continue
    }
    const { key, values } = operation
    if (values === undefined) continue
    const { read, own } = list
    const early = operations
      .slice(at)
      .find((later) => later.kind === 'append' && later.key === key && values.includes(later.value))
    if (early?.kind === 'append') {
      const because = `T${index} read ${listText(values)} in list ${key}, and appended ${early.value} to it only after that`
      return [{ anomaly: 'internal', base: 'read committed', transactions: [index], because }]
    }
    const lost = own.find((value) => !values.includes(value))
    if (lost !== undefined) {
      const because = `T${index} appended ${lost} to list ${key}, and then read ${listText(values)} in it`
      return [{ anomaly: 'internal', base: 'read committed', transactions: [index], because }]
    }
    const expected = read === undefined ? own : [...read, ...own]
    const tail = read === undefined ? values.slice(values.length - own.length) : values
    if (tail.length !== expected.length || !isPrefix(tail, expected)) {
      const since = own.length === 0 ? '' : `, appended ${listText(own)}`
      const because = `T${index} read ${read === undefined ? '' : `${listText(read)} `}in list ${key}${since}, and then read ${listText(values)}`
      return [{ anomaly: 'internal', base: 'snapshot isolation', transactions: [index], because }]
    }
    known.set(key, { read: values, own: [] })
  }
  return []
}

const SHOWN = 8

/** `[1, 2, 3]`; of a long list its end, which is what tells. */
export function listText(values: readonly number[]): string {
  const hidden = values.length - SHOWN
  return hidden > 0 ? `[… ${hidden} more, ${values.slice(hidden).join(', ')}]` : `[${values.join(', ')}]`
}
