import { expect, test } from 'vitest'
import { randomHistory } from '../fixtures/histories.ts'
import { checkHistory } from '../src/histories/check-history.ts'
import type { History, Operation } from '../src/histories/history.ts'
import { Dice, seedOf } from '../src/data/dice.ts'
import { pairs, report, row } from './paired.ts'

const LIMIT_MS = 5_000
const MEMORY_LIMIT_MIB = 600
const RATIO_LIMIT = 2.3
const SMALL_PER_SECOND = 1_000

/** Of 50 sessions on a database that is strictly serializable. */
function longHistory(count: number): History {
  const dice = new Dice(seedOf('bench')).at(0)
  const lists = new Map<number, number[]>()
  let value = 0
  return {
    transactions: Array.from({ length: count }, (_, at) => {
      const firstKey = Math.floor(at / 100) * 10
      const operations = Array.from({ length: 4 }, (): Operation => {
        const key = firstKey + dice.below(10)
        const list = lists.get(key) ?? []
        lists.set(key, list)
        if (dice.below(2) === 0) return { kind: 'read', key, values: [...list] }
        value += 1
        list.push(value)
        return { kind: 'append', key, value }
      })
      return { session: `s${at % 50}`, beganMs: at - 0.9, endedMs: at + 0.5, end: 'committed', operations }
    }),
  }
}

test('a history of 100,000 transactions', { timeout: 300_000 }, async () => {
  const [one, two] = [longHistory(100_000), longHistory(200_000)]
  const checked = (history: History) => async () => {
    expect(checkHistory(history).findings).toEqual([])
    await Promise.resolve()
  }
  const result = await pairs(checked(two), checked(one), { rounds: 5, warmup: 1 })
  report('a history of 200,000 transactions', 'one of 100,000', result, `≤ ${RATIO_LIMIT}, < ${LIMIT_MS} ms`)
  const usedMiB = process.memoryUsage().rss / 2 ** 20
  row([
    'memory of both, histories included',
    `${usedMiB.toFixed(0)} MiB`,
    '',
    '',
    '',
    '',
    `≤ ${MEMORY_LIMIT_MIB} MiB for the smaller`,
    '',
  ])
  expect(result.b).toBeLessThan(LIMIT_MS)
  expect(result.ratio).toBeLessThanOrEqual(RATIO_LIMIT)
})

test('small histories', { timeout: 60_000 }, () => {
  const histories = Array.from({ length: 2_000 }, (_, seed) => randomHistory(seed, 11, 3))
  const began = performance.now()
  for (const history of histories) checkHistory(history)
  const perSecond = (histories.length / (performance.now() - began)) * 1_000
  row([
    'histories of 12 transactions',
    `${perSecond.toFixed(0)}/s`,
    '',
    '',
    '',
    '',
    `≥ ${SMALL_PER_SECOND}/s`,
    '2000 histories',
  ])
  expect(perSecond).toBeGreaterThanOrEqual(SMALL_PER_SECOND)
})
