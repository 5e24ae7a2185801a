import { expect, test } from 'vitest'
import { listAppend } from './list-append.ts'

const drawn = (seed: number | string, sessions = 2) => {
  const workload = listAppend({ transactions: 200, sessions, seed })
  return Array.from({ length: sessions }, (_, session) => [...workload.transactionsOf(session)])
}

test('the same seed draws the same transactions, however many sessions carry them out', () => {
  expect(drawn(1)).toEqual(drawn(1))
  expect(drawn(1)).not.toEqual(drawn(2))
  const [all = []] = drawn('mine', 1)
  const [even = [], odd = []] = drawn('mine', 2)
  expect(even.flatMap((transaction, at) => [transaction, odd[at]])).toEqual(all)
})

test('each value is appended once, and lists give way to others', () => {
  const workload = listAppend({ transactions: 2_000, sessions: 1, keys: 3, valuesPerKey: 20 })
  const appends = [...workload.transactionsOf(0)].flat().filter(({ kind }) => kind === 'append')
  const values = appends.map((operation) => 'value' in operation && operation.value)
  expect(new Set(values).size).toBe(values.length)
  const lengths = [...Map.groupBy(appends, ({ key }) => key).values()].map(({ length }) => length)
  expect(Math.max(...lengths)).toBeLessThan(60)
})

test.for([
  ['transactions', { transactions: 0 }],
  ['sessions', { transactions: 1, sessions: 1.5 }],
  ['keys', { transactions: 1, keys: -1 }],
  ['operations', { transactions: 1, operations: Number.NaN }],
] as const)('%s that there can not be so many of are refused', ([name, options]) => {
  expect(() => listAppend(options)).toThrow(`${name} can't be`)
})
