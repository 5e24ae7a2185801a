import { expect, test } from 'vitest'
import { checkHistory } from './check-history.ts'
import { drawFinding } from './cycle-svg.ts'
import type { History, Operation, Transaction } from './history.ts'

const append = (key: number, value: number): Operation => ({ kind: 'append', key, value })
const read = (key: number, ...values: number[]): Operation => ({ kind: 'read', key, values })

function transaction(session: string, beganMs: number, operations: Operation[]): Transaction {
  return { session, node: '127.0.0.1:4000', beganMs, endedMs: beganMs + 5.25, operations, end: 'committed' }
}

function drawn(transactions: readonly Transaction[], name: string): string {
  const history: History = { transactions }
  const finding = checkHistory(history).findings.find((each) => each.name === name)
  if (finding === undefined) throw new Error(`no ${name}`)
  return drawFinding(finding, history)
}

test('a cycle: what each did, what comes before what, and why', async () => {
  const svg = drawn(
    [
      transaction('session-1', 1, [append(1, 1), append(2, 2)]),
      transaction('session-2', 2.5, [read(1, 1), read(3), read(2), append(4, 9)]),
      transaction('session-3', 9, [read(1, 1), read(2, 2)]),
    ],
    'G-single',
  )
  await expect(svg).toMatchFileSnapshot('../../docs/images/cycle.svg')
})

test('what is no cycle has its reason', () => {
  const rolledBack: Transaction = { ...transaction('s', 1, [append(9, 7)]), end: 'rolled back' }
  const svg = drawn([rolledBack, transaction('r', 9, [read(9, 7)])], 'G1a')
  expect(svg).toContain('T1 read [7] in list 9: 7 was appended by T0, which was rolled back')
  expect(svg).not.toContain('<path')
})

test('names are text, long ones are cut, and of many operations those stay that matter', () => {
  const many = Array.from({ length: 50 }, (_, at) => read(100 + at))
  const svg = drawn(
    [
      transaction('<script>\u001b[31m', 1, [append(1, 1), append(2, 2)]),
      transaction('x'.repeat(500), 2.5, [...many, read(1, 1), read(2)]),
      transaction('session-3', 9, [read(1, 1), read(2, 2)]),
    ],
    'G-single',
  )
  expect(svg).toContain('&lt;script&gt;')
  expect(svg).not.toContain('\u001b')
  expect(svg).not.toMatch(/<script|x{200}/)
  expect(svg).toContain('read list 1: [1]')
  expect(svg).toContain('and 44 more')
})
