import { createConnection } from 'mysql2/promise'
import { expect, test } from 'vitest-tidb'
import { listAppend } from 'vitest-tidb/histories'
import { randomHistory } from '../fixtures/histories.ts'
import { checkHistory } from '../src/histories/check-history.ts'
import type { History, Operation } from '../src/histories/history.ts'
import { Dice, seedOf } from '../src/data/dice.ts'
import { pairs, report, row } from './paired.ts'

const LIMIT_MS = 5_000
const MEMORY_LIMIT_MIB = 600
const RATIO_LIMIT = 2.3
const RECORDING_LIMIT = 1.05
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
  const checked = (history: History) => async () => {
    expect(checkHistory(history).findings).toEqual([])
    await Promise.resolve()
  }
  const one = longHistory(100_000)
  await checked(one)()
  const usedMiB = process.resourceUsage().maxRSS / 2 ** 10
  const two = longHistory(200_000)
  const result = await pairs(checked(two), checked(one), { rounds: 5, warmup: 1 })
  report('a history of 200,000 transactions', 'one of 100,000', result, `≤ ${RATIO_LIMIT}, < ${LIMIT_MS} ms`)
  row([
    'memory of one of 100,000, with its check',
    `${usedMiB.toFixed(0)} MiB`,
    '',
    '',
    '',
    '',
    `≤ ${MEMORY_LIMIT_MIB} MiB`,
    '',
  ])
  expect(usedMiB).toBeLessThanOrEqual(MEMORY_LIMIT_MIB)
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

test('what recording costs', { timeout: 300_000 }, async ({ tidbPool, connectionOptions }) => {
  // On many lists, so that few transactions meet: what those do is up to chance.
  const workload = listAppend({ transactions: 2_000, sessions: 50, keys: 1_000, mode: 'pessimistic' })
  const bare = async () => {
    const room = { ...connectionOptions, supportBigNumbers: true, maxPreparedStatements: 256 }
    const setUp = await createConnection(room)
    for (const sql of workload.prepare) await setUp.query(sql)
    await setUp.end()
    await Promise.all(
      Array.from({ length: workload.sessions }, async (_, session) => {
        const connection = await createConnection(room)
        for (const sql of workload.begin) await connection.query(sql)
        for (const operations of workload.transactionsOf(session)) {
          try {
            await connection.query('begin')
            for (const operation of operations) {
              const { sql, values } = workload.statementOf(operation)
              await connection.query(sql, [...values])
            }
            await connection.query('commit')
          } catch {
            await connection.query('rollback')
          }
        }
        await connection.end()
      }),
    )
  }
  const recorded = async () => {
    expect((await tidbPool.workload(workload)).transactions).toHaveLength(2_000)
  }
  const result = await pairs(recorded, bare, { rounds: 15, warmup: 2 })
  report('2,000 transactions in 50 sessions, recorded', 'the same through mysql2', result, `≤ ${RECORDING_LIMIT}`)
  expect(result.ratio).toBeLessThanOrEqual(RECORDING_LIMIT)
})
