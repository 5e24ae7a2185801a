import { expect, test } from 'vitest'
import type { ImportProgress } from '../import-jobs/import-record.ts'
import { PlainDisplay } from './plain-display.ts'

const orders: ImportProgress = {
  jobId: '7',
  name: 'nightly orders',
  table: '`shop`.`orders`',
  status: 'running',
  phase: 'importing',
  rows: 1000,
  percent: 10,
  rowsPerSecond: 100,
  etaMs: 90_000,
  idleMs: 0,
  over: false,
}
const title = 'import job 7 nightly orders (shop.orders):'

function open() {
  const printed: string[] = []
  return { display: new PlainDisplay((line) => printed.push(line)), printed }
}

test('the first line at once, then one in ten seconds, a change of phase at once, and the end', () => {
  const { display, printed } = open()
  display.onProgress(orders, 1, 0)
  display.onProgress({ ...orders, rows: 1500, percent: 15 }, 1, 5000)
  display.onProgress({ ...orders, rows: 2000, percent: 20 }, 1, 10_000)
  display.onProgress({ ...orders, phase: 'validating' }, 1, 10_100)
  display.onProgress({ ...orders, phase: 'validating', note: 'server unreachable' }, 1, 10_200)
  display.onProgress({ ...orders, status: 'finished', phase: '', percent: 100, rows: 10_000, over: true }, 1, 10_300)
  expect(printed).toEqual([
    `${title} importing 10%, 1,000 rows, 100 rows/s, ETA 1 min 30 s`,
    `${title} importing 20%, 2,000 rows, 100 rows/s, ETA 1 min 30 s`,
    `${title} validating 10%, 1,000 rows, 100 rows/s, ETA 1 min 30 s`,
    `${title} validating 10%, 1,000 rows, server unreachable`,
    `✓ ${title} finished, 10,000 rows`,
  ])
})

test('names and reasons from right to left are isolated', () => {
  const { display, printed } = open()
  display.onProgress({ ...orders, name: 'طلبات 7', table: '`متجر`.`طلبات`' }, 1, 0)
  display.onProgress({ ...orders, status: 'failed', note: 'הדיסק מלא', over: true }, 1, 10_000)
  expect(printed).toEqual([
    'import job 7 \u2068طلبات 7\u2069 (\u2068متجر.طلبات\u2069): importing 10%, 1,000 rows, 100 rows/s, ETA 1 min 30 s',
    `✗ ${title} failed at importing 10%, 1,000 rows: \u2068הדיסק מלא\u2069`,
  ])
})

test('when nothing moves, nothing is said again, but that nothing moves', () => {
  const { display, printed } = open()
  const idle = [0, 20_000, 40_000, 60_000, 80_000, 130_000]
  for (const idleMs of idle)
    display.onProgress({ ...orders, rowsPerSecond: undefined, etaMs: undefined, idleMs }, 1, idleMs)
  expect(printed).toEqual([
    `${title} importing 10%, 1,000 rows`,
    `${title} importing 10%, 1,000 rows, no progress for 1 min`,
    `${title} importing 10%, 1,000 rows, no progress for 1 min 20 s`,
    `${title} importing 10%, 1,000 rows, no progress for 2 min 10 s`,
  ])
})

test.for([
  ['failed', '✗', 'failed at importing 10%, 1,000 rows: disk full'],
  ['cancelled', '✗', 'cancelled at importing 10%, 1,000 rows: disk full'],
  ['vanished', '✗', 'vanished at importing 10%, 1,000 rows: disk full'],
  ['running', '·', 'no longer watched, running at importing 10%, 1,000 rows: disk full'],
  ['constructor', '✗', 'ended as constructor at importing 10%, 1,000 rows: disk full'],
] as const)('a job that ended %s', ([status, mark, text]) => {
  const { display, printed } = open()
  display.onProgress({ ...orders, status, over: true, note: 'disk full' }, 1, 0)
  expect(printed).toEqual([`${mark} ${title} ${text}`])
})

test('ten thousand jobs: a few lines in each interval, and one that counts the others', () => {
  const { display, printed } = open()
  const all = (rest: Partial<ImportProgress>, now: number) => {
    for (let at = 0; at < 10_000; at += 1) display.onProgress({ ...orders, jobId: `${at}`, ...rest }, 1, now)
  }
  all({ status: 'pending', phase: '' }, 0)
  expect(printed).toHaveLength(20)
  all({ status: 'finished', over: true }, 11_000)
  display.end()
  expect(printed[20]).toBe('import jobs: 9,980 more: 9,980 pending')
  expect(printed.slice(21, 121).every((line) => line.startsWith('✓'))).toBe(true)
  expect(printed.slice(121)).toEqual(['import jobs: 9,900 more: 9,900 finished'])
})
