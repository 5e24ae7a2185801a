import { expect, test } from 'vitest'
import { a, historyOf, r, randomHistory, tx } from '../../fixtures/histories.ts'
import { checkHistory } from './check-history.ts'
import { formatElle, parseElle } from './elle.ts'

const names = (text: string) => checkHistory(parseElle(text)).findings.map(({ name }) => name)

test('a history of Jepsen is read: one operation a line, others than transactions left out', () => {
  const history = parseElle(
    [
      '; what a nemesis did is none of it',
      '{:index 0, :type :info, :f :kill, :process :nemesis, :time 5, :value nil}',
      '{:index 1, :type :invoke, :f :txn, :process 0, :time 1000000, :value [[:append 1 4] [:r 0 nil]]}',
      '{:index 2, :type :invoke, :f :txn, :process 1, :time 1500000, :value [[:r 1 nil]]}',
      '{:index 3, :type :ok, :f :txn, :process 0, :time 2000000, :value [[:append 1 4] [:r 0 nil]]}',
      '{:index 4, :type :info, :f :txn, :process 1, :time 3000000, :value [[:r 1 nil]], :error :timeout}',
      '{:index 5, :type :invoke, :f :txn, :process 2, :time 3500000, :value [[:append 0 1]]}',
      '{:index 6, :type :fail, :f :txn, :process 2, :time 4000000, :value [[:append 0 1]]}',
    ].join('\n'),
  )
  expect(history.transactions).toEqual([
    { session: '0', beganMs: 1, endedMs: 2, end: 'committed', operations: [a(1, 4), r(0)] },
    { session: '1', beganMs: 1.5, endedMs: undefined, end: 'unknown', operations: [{ ...r(1), values: undefined }] },
    { session: '2', beganMs: 3.5, endedMs: 4, end: 'rolled back', operations: [a(0, 1)] },
  ])
})

// The shape of what Elle's authors show, with lists and values of our own.
test('operations in a vector, without times, and with lists called by keywords', () => {
  expect(
    names('[{:type :ok, :value [[:append :x 1] [:r :y [1]]]} {:type :ok, :value [[:append :y 1] [:r :x [1]]]}]'),
  ).toEqual(['G1c'])
  expect(
    names(
      '{:type :ok, :value [[:r :x nil] [:append :y 1]]} {:type :ok, :value [[:r :y nil] [:append :x 1]]} {:type :ok, :value [[:r :x [1]] [:r :y [1]]]}',
    ),
  ).toEqual(['G2-item'])
  // Nothing says when they began: a stale read is none.
  expect(
    names(
      '{:type :ok, :process 0, :value [[:append :x 1]]} {:type :ok, :process 1, :value [[:r :x nil]]} {:type :ok, :process 2, :value [[:r :x [1]]]}',
    ),
  ).toEqual([])
})

test('operations without a process: an end is that of the invocation before it', () => {
  const { transactions } = parseElle(
    '{:type :invoke, :value [[:append 1 1]]} {:type :ok, :value [[:append 1 1]]} {:type :invoke, :value [[:r 1 nil]]} {:type :ok, :value [[:r 1 [1]]]}',
  )
  expect(transactions).toEqual([
    { session: 'operation 1', beganMs: 0, endedMs: 1, end: 'committed', operations: [a(1, 1)] },
    { session: 'operation 3', beganMs: 2, endedMs: 3, end: 'committed', operations: [r(1, 1)] },
  ])
})

test('what was written is read as it was', () => {
  for (let seed = 0; seed < 200; seed += 1) {
    const history = randomHistory(seed, 6, 3)
    const again = parseElle(formatElle(history))
    const sorted = ({ transactions }: typeof history) =>
      transactions
        .map(({ beganMs, endedMs, end, operations }) => JSON.stringify([beganMs, endedMs, end, operations]))
        .toSorted()
    expect(sorted(again)).toEqual(sorted(history))
  }
  const unknown = historyOf(
    tx([a(1, 1)], { session: 'x', end: 'unknown' }),
    tx([r(1)], { session: 'x', beganMs: 3, endedMs: 4 }),
  )
  expect(parseElle(formatElle(unknown)).transactions.map(({ end, session }) => [end, session])).toEqual([
    ['committed', '1'],
    ['unknown', '0'],
  ])
})

test.for([
  ['cut off', '{:type :ok, :value [[:append 1 1]]} {:type :ok, :val', /cut off/],
  ['no EDN', '{:type :ok :value', /can't be read/],
  ['of another workload', '{:type :ok, :f :txn, :value [[:w 1 1]]}', /operation 0 of the history can't be read: value/],
  ['of values that are no whole numbers', '{:type :ok, :value [[:append 1 "a"]]}', /operation 0/],
  ['of an unknown type', '{:type :done, :value []}', /operation 0 .* type: .*done/],
  [
    'with two at once in a process',
    '{:type :invoke, :process 0, :value []} {:type :invoke, :process 0, :value []}',
    /operation 1 .* process 0 has one under way already/,
  ],
] as const)('a history that is %s is refused', ([, text, message]) => {
  expect(() => parseElle(text)).toThrow(message)
})
