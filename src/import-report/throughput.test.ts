import { expect, test } from 'vitest'
import { oneImportRecord } from '../../fixtures/import-records.ts'
import { stallsOf, throughputOf } from './throughput.ts'

const points = (...pairs: [number, number][]) => pairs.map(([seconds, rows]) => ({ ms: seconds * 1_000, rows }))

test('rows a second of each stretch', () => {
  expect(throughputOf(points([0, 0], [10, 1_000], [20, 4_000]), 10)).toEqual([
    { from: 0, to: 10_000, rows: 1_000, rowsPerSecond: 100 },
    { from: 10_000, to: 20_000, rows: 4_000, rowsPerSecond: 300 },
  ])
})

test('in fewer stretches, no row is lost and none is invented', () => {
  const curve = points(...Array.from({ length: 101 }, (_, at): [number, number] => [at * 3, at * at * 7]))
  const stretches = throughputOf(curve, 7)
  expect(stretches).toHaveLength(7)
  const sum = stretches.reduce((rows, { from, to, rowsPerSecond }) => rows + (rowsPerSecond * (to - from)) / 1_000, 0)
  expect(sum).toBeCloseTo(70_000)
  expect(stretches.at(-1)?.rows).toBe(70_000)
})

test.for([
  ['no point', points()],
  ['one point', points([5, 100])],
  ['no time between', points([5, 100], [5, 200])],
] as const)('%s is no throughput', ([, curve]) => {
  expect(throughputOf(curve, 10)).toEqual([])
})

test('rows that go back are no negative throughput', () => {
  const rates = throughputOf(points([0, 0], [10, 1_000], [20, 0], [30, 500]), 10).map((one) => one.rowsPerSecond)
  expect(rates).toEqual([100, 0, 50])
})

test('a stall lasts until it moves again, or until its end', () => {
  const entry = (kind: 'stalled' | 'moving' | 'ended' | 'phase', seconds: number) => ({
    at: 0,
    ms: seconds * 1_000,
    kind,
    text: '',
  })
  const story = [
    entry('stalled', 60),
    entry('phase', 70),
    entry('moving', 90),
    entry('stalled', 200),
    entry('ended', 300),
  ]
  expect(stallsOf(oneImportRecord({ timeLine: story }))).toEqual([
    { from: 60_000, to: 90_000 },
    { from: 200_000, to: 300_000 },
  ])
})
