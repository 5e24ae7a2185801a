import { describe, expect, test } from 'vitest'
import { a, historyOf, r, randomHistory, tx } from '../../fixtures/histories.ts'
import { checkHistory } from './check-history.ts'
import { formatFindings } from './explain.ts'
import type { History, Transaction } from './history.ts'
import { forbids, levelOf } from './levels.ts'

function names(history: History): string[] {
  return checkHistory(history).findings.map(({ name }) => name)
}

function holds(history: History, level: string): boolean {
  return !checkHistory(history).findings.some((finding) => forbids(levelOf(level), finding))
}

test('an empty history, one session and reads of nothing show nothing', () => {
  expect(names(historyOf())).toEqual([])
  expect(checkHistory(historyOf()).reads).toBe(0)
  expect(names(historyOf(tx([r(1), a(1, 1), r(1, 1)])))).toEqual([])
})

describe('each anomaly by its name', () => {
  test.for<[string, History, string[]]>([
    [
      'G0: two transactions write two lists in opposite orders',
      historyOf(tx([a(1, 1), a(2, 1)]), tx([a(1, 2), a(2, 2)]), tx([r(1, 1, 2), r(2, 2, 1)])),
      ['G0'],
    ],
    ['G1a: what was rolled back is read', historyOf(tx([a(1, 1)], { end: 'rolled back' }), tx([r(1, 1)])), ['G1a']],
    [
      'dirty update: and written on',
      historyOf(tx([a(1, 1)], { end: 'rolled back' }), tx([a(1, 2)]), tx([r(1, 1, 2)])),
      ['G1a', 'dirty update'],
    ],
    [
      'G1b: a list between two appends of one transaction',
      historyOf(tx([a(1, 1), a(1, 2)]), tx([r(1, 1)]), tx([r(1, 1, 2)])),
      ['G1b', 'G-single'],
    ],
    ['G1c: each reads what the other wrote', historyOf(tx([a(1, 1), r(2, 1)]), tx([a(2, 1), r(1, 1)])), ['G1c']],
    [
      'G-single: one write of a transaction is seen, the other is not',
      historyOf(tx([a(1, 1), a(2, 1)]), tx([r(1, 1), r(2)]), tx([r(2, 1)])),
      ['G-single'],
    ],
    [
      'lost update: both read the list before they append',
      historyOf(tx([r(1), a(1, 1)]), tx([r(1), a(1, 2)]), tx([r(1, 1, 2)])),
      ['lost update'],
    ],
    [
      'G2-item, write skew: each reads what the other writes, before',
      historyOf(tx([r(1), a(2, 1)]), tx([r(2), a(1, 1)]), tx([r(1, 1), r(2, 1)])),
      ['G2-item'],
    ],
    [
      'G-nonadjacent, a long fork: two readers see two writes in opposite orders',
      historyOf(tx([a(1, 1)]), tx([a(2, 1)]), tx([r(1, 1), r(2)]), tx([r(1), r(2, 1)]), tx([r(1, 1), r(2, 1)])),
      ['G-nonadjacent'],
    ],
    [
      'G2-item among three: two did not see a write in a row, and the third wrote behind the first',
      historyOf(tx([a(1, 1)]), tx([r(1), a(2, 1)]), tx([r(2), a(1, 2)]), tx([r(1, 1, 2), r(2, 1)])),
      ['G2-item'],
    ],
    [
      'internal: a list changes between two reads',
      historyOf(tx([r(1), r(1, 1)]), tx([a(1, 1)])),
      ['internal', 'G-single'],
    ],
    [
      'internal: what a transaction appended is not there for itself',
      historyOf(tx([a(1, 1), r(1)]), tx([r(1, 1)])),
      ['internal'],
    ],
    ['internal: what a transaction appends later is there already', historyOf(tx([r(1, 1), a(1, 1)])), ['internal']],
    [
      'lost update, of which nobody read the end',
      historyOf(tx([r(1), a(1, 1)]), tx([r(1), a(1, 2)])),
      ['lost update', 'G2-item'],
    ],
    ['duplicate elements', historyOf(tx([a(1, 1)]), tx([r(1, 1, 1)])), ['duplicate elements']],
    ['garbage read', historyOf(tx([r(1, 7)])), ['garbage read']],
    [
      'incompatible order',
      historyOf(tx([a(1, 1)]), tx([a(1, 2)]), tx([r(1, 1, 2)]), tx([r(1, 2)])),
      ['incompatible order'],
    ],
    [
      'a stale read: G-single by real time',
      historyOf(
        tx([a(1, 1)], { endedMs: 10 }),
        tx([r(1)], { beganMs: 20, endedMs: 30 }),
        tx([r(1, 1)], { beganMs: 40 }),
      ),
      ['G-single-realtime'],
    ],
    [
      'lost element: it was committed, and nobody sees it after that',
      historyOf(tx([a(1, 1)], { endedMs: 10 }), tx([r(1)], { beganMs: 20 })),
      ['lost element', 'G-single-realtime'],
    ],
    [
      'a session that does not see its own write',
      historyOf(tx([a(1, 1)], { session: 'x', endedMs: 10 }), tx([r(1)], { session: 'x', beganMs: 10 })),
      ['G-single-process'],
    ],
  ])('%s', ([, history, expected]) => {
    expect(names(history)).toEqual(expected)
  })
})

test.for([
  ['read uncommitted', true, true, true],
  ['read committed', true, true, true],
  ['snapshot isolation', true, false, true],
  ['serializable', false, false, true],
  ['strong snapshot isolation', true, false, false],
  ['strict serializable', false, false, false],
] as const)('%s', ([level, skew, lost, stale]) => {
  expect(holds(historyOf(tx([r(1), a(2, 1)]), tx([r(2), a(1, 1)]), tx([r(1, 1), r(2, 1)])), level)).toBe(skew)
  expect(holds(historyOf(tx([r(1), a(1, 1)]), tx([r(1), a(1, 2)]), tx([r(1, 1, 2)])), level)).toBe(lost)
  const late = historyOf(tx([a(1, 1)], { endedMs: 10 }), tx([r(1)], { beganMs: 20 }), tx([r(1, 1)], { beganMs: 15 }))
  expect(holds(late, level)).toBe(stale)
})

test('a transaction of unknown end is neither committed nor rolled back', () => {
  expect(names(historyOf(tx([a(1, 1)], { end: 'unknown' }), tx([r(1)], { beganMs: 500 })))).toEqual([])
  // What is read was committed, and then its own reads count.
  const proven = historyOf(tx([a(1, 1), r(2)], { end: 'unknown' }), tx([r(1, 1), a(2, 1)]), tx([r(2, 1)]))
  expect(names(proven)).toEqual([])
  expect(checkHistory(proven)).toMatchObject({ committed: 3, unknown: 0 })
  expect(names(historyOf(tx([a(1, 1), r(2, 1)], { end: 'unknown' }), tx([a(2, 1), r(1, 1)])))).toEqual(['G1c'])
})

test('a session whose transaction nobody heard the end of may begin another before it ends', () => {
  const late = tx([a(1, 1)], { session: 'x', end: 'unknown' })
  expect(names(historyOf(late, tx([r(1)], { session: 'x', beganMs: 10 }), tx([r(1, 1)], { beganMs: 5 })))).toEqual([])
})

test('what is told of a cycle names each transaction, and why each comes before the next', () => {
  const history = historyOf(tx([r(1), a(1, 1)]), tx([r(1), a(1, 2)]), tx([r(1, 1, 2)]))
  expect(formatFindings(checkHistory(history).findings, history)).toBe(
    [
      'lost update: two transactions read the same list and appended to it, neither seeing the other',
      '  T1 → T0: T1 read list 1 empty, before T0 appended 1',
      "  T0 → T1: T1 appended 2 to list 1 behind T0's 1",
      '  T1 s1, 0.0 to 1000.0 ms, committed: read list 1: []; append 2 to list 1',
      '  T0 s0, 0.0 to 1000.0 ms, committed: read list 1: []; append 1 to list 1',
    ].join('\n'),
  )
})

test.for<[string, History, RegExp]>([
  [
    'a value that is appended twice',
    historyOf(tx([a(1, 1)]), tx([a(1, 1)])),
    /1 was appended to list 1 more than once/,
  ],
  [
    'times that go backwards',
    historyOf(tx([a(1, 1)], { beganMs: 5, endedMs: 4 })),
    /T0 began at 5 ms and ended at 4 ms/,
  ],
  ['a time that is none', historyOf(tx([a(1, 1)], { beganMs: Number.NaN })), /began at NaN ms/],
  [
    'a session with two transactions at once',
    historyOf(tx([], { session: 'x' }), tx([], { session: 'x', beganMs: 5 })),
    /x began T1 before T0 had ended/,
  ],
])('%s is refused', ([, history, message]) => {
  expect(() => checkHistory(history)).toThrow(message)
})

test('a level that does not exist is refused, with the nearest', () => {
  expect(() => levelOf('serialisable')).toThrow(
    /there is no consistency level "serialisable"[^]*did you mean serializable/,
  )
})

/** All orders of so many things. */
function* permutations(rest: readonly number[], begun: readonly number[] = []): Generator<readonly number[]> {
  if (rest.length === 0) yield begun
  for (const one of rest)
    yield* permutations(
      rest.filter((other) => other !== one),
      [...begun, one],
    )
}

/** Whether a transaction that sees these lists, and changes them, reads what it did read. */
function replays({ operations }: Transaction, lists: Map<number, readonly number[]>): boolean {
  for (const operation of operations) {
    const list = lists.get(operation.key) ?? []
    if (operation.kind === 'append') lists.set(operation.key, [...list, operation.value])
    else if (String(operation.values) !== String(list)) return false
  }
  return true
}

function isSerializable({ transactions }: History, isStrict: boolean): boolean {
  for (const order of permutations([...transactions.keys()])) {
    const inOrder = order.flatMap((index) => transactions[index] ?? [])
    if (isStrict && inOrder.some((one, at) => inOrder.slice(at + 1).some(({ endedMs = 0 }) => endedMs < one.beganMs)))
      continue
    const lists = new Map<number, readonly number[]>()
    if (inOrder.every((transaction) => replays(transaction, lists))) return true
  }
  return false
}

/** Each transaction reads what had been committed when it started; of two that write one list at once one can't commit. */
function isSnapshotIsolated({ transactions }: History, isStrong: boolean): boolean {
  const keysOf = ({ operations }: Transaction) =>
    new Set(operations.flatMap(({ kind, key }) => (kind === 'append' ? [key] : [])))
  const go = (
    lists: ReadonlyMap<number, readonly number[]>,
    open: ReadonlyMap<number, { seen: ReadonlyMap<number, readonly number[]>; since: ReadonlySet<number> }>,
    begun: ReadonlySet<number>,
  ): boolean => {
    if (begun.size === transactions.length && open.size === 0) return true
    for (const [index, transaction] of transactions.entries()) {
      if (!begun.has(index)) {
        // By real time it may not start before one commits that had ended by then.
        const waits =
          isStrong &&
          transactions.some(
            ({ endedMs = 0 }, other) => endedMs < transaction.beganMs && (!begun.has(other) || open.has(other)),
          )
        if (waits) continue
        const seen = new Map(lists)
        if (!replays(transaction, new Map(seen))) continue
        if (go(lists, new Map([...open, [index, { seen, since: new Set<number>() }]]), new Set([...begun, index])))
          return true
        continue
      }
      const own = open.get(index)
      if (own === undefined) continue
      const keys = keysOf(transaction)
      if ([...keys].some((key) => own.since.has(key))) continue
      const after = new Map(own.seen)
      replays(transaction, after)
      const next = new Map([...lists, ...[...keys].map((key) => [key, after.get(key) ?? []] as const)])
      const rest = new Map(
        [...open]
          .filter(([other]) => other !== index)
          .map(([other, one]) => [other, { ...one, since: new Set([...one.since, ...keys]) }] as const),
      )
      if (go(next, rest, begun)) return true
    }
    return false
  }
  return go(new Map(), new Map(), new Set())
}

test('the verdicts on thousands of small histories are those of trying every order', { timeout: 120_000 }, () => {
  const seen = new Map<string, number>()
  const count = (verdict: string) => seen.set(verdict, (seen.get(verdict) ?? 0) + 1)
  for (let seed = 0; seed < 3_000; seed += 1) {
    const history = randomHistory(seed, 2 + (seed % 2), 1 + (seed % 3))
    const told = (level: string) => ({ seed, level, holds: holds(history, level) })
    for (const [level, tried] of [
      ['serializable', isSerializable(history, false)],
      ['strict serializable', isSerializable(history, true)],
      ['snapshot isolation', isSnapshotIsolated(history, false)],
      ['strong snapshot isolation', isSnapshotIsolated(history, true)],
    ] as const) {
      expect(told(level)).toEqual({ seed, level, holds: tried })
      count(`${level} ${tried}`)
    }
  }
  // Neither side of any verdict is rare.
  expect(seen.size).toBe(8)
  expect(Math.min(...seen.values())).toBeGreaterThan(200)
})

test('where nobody read what was appended, nothing is told that an order would allow', { timeout: 120_000 }, () => {
  let refuted = 0
  for (let seed = 0; seed < 2_000; seed += 1) {
    const history = randomHistory(seed, 2 + (seed % 3), 1 + (seed % 2), false)
    for (const [level, isAllowed] of [
      ['strict serializable', isSerializable(history, true)],
      ['strong snapshot isolation', isSnapshotIsolated(history, true)],
    ] as const) {
      if (holds(history, level)) continue
      refuted += 1
      expect({ seed, level, isAllowed }).toEqual({ seed, level, isAllowed: false })
    }
  }
  expect(refuted).toBeGreaterThan(200)
})
