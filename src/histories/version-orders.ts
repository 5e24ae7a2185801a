import type { Transaction } from './history.ts'

/** Where a value was appended: by which transaction, and whether that appended to the list once more after it. */
export interface Append {
  readonly transaction: number
  readonly isFinal: boolean
}

/** A read that counts: by a transaction that is known to have committed. */
export interface KnownRead {
  readonly transaction: number
  /** Its place among the operations of the transaction. */
  readonly operation: number
  readonly values: readonly number[]
}

/** All that is known of one list. */
export interface ListKnowledge {
  readonly key: number
  /** Every append that was sent, by its value. */
  readonly appends: ReadonlyMap<number, Append>
  readonly reads: readonly KnownRead[]
  /** The values in the order in which they were appended: those of the longest read. */
  readonly order: readonly number[]
  /** The read that the order is from. */
  readonly longest: KnownRead | undefined
  /** Appended by transactions that committed, and in no read: so after all of the order. */
  readonly unread: readonly number[]
}

/** What the transactions of a history tell. */
export interface Knowledge {
  readonly transactions: readonly Transaction[]
  /** Whether each is known to have committed: by its own word, or as another one read what it appended. */
  readonly committed: readonly boolean[]
  readonly lists: ReadonlyMap<number, ListKnowledge>
  /** Values that were appended to a list more than once: then nothing can be told of that list. */
  readonly ambiguous: readonly { readonly key: number; readonly value: number }[]
}

interface Draft {
  readonly key: number
  readonly appends: Map<number, Append>
  readonly reads: KnownRead[]
}

/** Collects what is known of each list. */
export function knowledgeOf(transactions: readonly Transaction[]): Knowledge {
  const drafts = new Map<number, Draft>()
  const ambiguous: { key: number; value: number }[] = []
  const draftOf = (key: number) => {
    let draft = drafts.get(key)
    if (draft === undefined) drafts.set(key, (draft = { key, appends: new Map(), reads: [] }))
    return draft
  }
  for (const [transaction, { operations }] of transactions.entries()) {
    const last = new Map<number, number>()
    for (const operation of operations) {
      if (operation.kind !== 'append') continue
      const { key, value } = operation
      const { appends } = draftOf(key)
      const before = last.get(key)
      if (before !== undefined) appends.set(before, { transaction, isFinal: false })
      if (appends.has(value)) ambiguous.push({ key, value })
      appends.set(value, { transaction, isFinal: true })
      last.set(key, value)
    }
  }
  const committed = committedOnes(transactions, drafts)
  for (const [transaction, { operations }] of transactions.entries()) {
    if (committed[transaction] !== true) continue
    for (const [operation, read] of operations.entries()) {
      if (read.kind !== 'read' || read.values === undefined) continue
      draftOf(read.key).reads.push({ transaction, operation, values: read.values })
    }
  }
  const lists = new Map([...drafts].map(([key, draft]) => [key, listOf(draft, committed)]))
  return { transactions, committed, lists, ambiguous }
}

/** Those that said so, and those of unknown end whose appends a committed one has read, and so on from them. */
function committedOnes(transactions: readonly Transaction[], drafts: ReadonlyMap<number, Draft>): boolean[] {
  const committed = transactions.map(({ end }) => end === 'committed')
  const toRead = [...committed.keys()].filter((transaction) => committed[transaction] === true)
  if (toRead.length === transactions.length) return committed
  for (const transaction of toRead) {
    for (const read of transactions[transaction]?.operations ?? []) {
      if (read.kind !== 'read') continue
      const appends = drafts.get(read.key)?.appends
      for (const value of read.values ?? []) {
        const writer = appends?.get(value)?.transaction
        if (writer === undefined || committed[writer] === true || transactions[writer]?.end !== 'unknown') continue
        committed[writer] = true
        // Its own reads count from now on: the loop goes on to it.
        toRead.push(writer)
      }
    }
  }
  return committed
}

function listOf({ key, appends, reads }: Draft, committed: readonly boolean[]): ListKnowledge {
  let longest: KnownRead | undefined
  for (const read of reads) if (read.values.length > (longest?.values.length ?? 0)) longest = read
  const order = longest?.values ?? []
  const read = new Set(order)
  const unread = [...appends].flatMap(([value, { transaction }]) =>
    committed[transaction] === true && !read.has(value) ? [value] : [],
  )
  return { key, appends, reads, order, longest, unread }
}
