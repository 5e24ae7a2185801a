import { expect, test } from 'vitest'
import type { ImportProgress } from '../import-jobs/import-record.ts'
import { liveLines } from './live-lines.ts'
import { plain, type Paint } from './paint.ts'
import { columnsOf } from '../terminal-text.ts'
import { cleanProgress } from './watched-job.ts'

const orders: ImportProgress = cleanProgress({
  jobId: '1',
  name: 'orders',
  table: '`shop`.`orders`',
  status: 'running',
  phase: 'importing',
  rows: 1_234_567,
  percent: 47.9,
  rowsPerSecond: 12_345,
  etaMs: 65_000,
  idleMs: 500,
  over: false,
})
const items = {
  ...orders,
  jobId: '2',
  name: 'order items',
  phase: 'global-sorting',
  rows: 900,
  percent: 3,
  etaMs: 3_720_000,
}
const stuck = { ...orders, jobId: '3', name: '注文', idleMs: 125_000 }
const pending: ImportProgress = {
  ...orders,
  jobId: '4',
  name: 'parts',
  status: 'pending',
  phase: 'pending',
  rows: undefined,
  percent: undefined,
  rowsPerSecond: undefined,
  etaMs: undefined,
}

const draw = (jobs: readonly ImportProgress[], columns: number, most = 10) =>
  `\n${liveLines(jobs, columns, most, plain).join('\n')}\n`

test('a line per job, in columns; those that wait come last', () => {
  expect(draw([pending, orders, items, stuck], 120)).toBe(`
 ❯ orders       shop.orders  importing       ███████░░░░░░░░░   47%  1,234,567 rows   12,345 rows/s  ETA 1 min 5 s
 ❯ order items  shop.orders  global-sorting  ░░░░░░░░░░░░░░░░    3%        900 rows   12,345 rows/s  ETA 1 h 2 min
 ! 注文         shop.orders  importing       ███████░░░░░░░░░   47%  1,234,567 rows  no progress for 2 min 5 s
 · parts        shop.orders  pending
`)
})

test('the narrower the terminal, the fewer columns; then names are cut, then the line', () => {
  expect(draw([orders, items, stuck], 80)).toBe(`
 ❯ orders       importing       ████░░░░░░   47%   12,345 rows/s  ETA 1 min 5 s
 ❯ order items  global-sorting  ░░░░░░░░░░    3%   12,345 rows/s  ETA 1 h 2 min
 ! 注文         importing       ████░░░░░░   47%  no progress for 2 min 5 s
`)
  expect(draw([orders, items, stuck], 64)).toBe(`
 ❯ orders    importing        47%   12,345 rows/s  ETA 1 min 5 s
 ❯ order i…  global-sorting    3%   12,345 rows/s  ETA 1 h 2 min
 ! 注文      importing        47%  no progress for 2 min 5 s
`)
  expect(draw([orders], 30)).toBe(`
 ❯ orders  importing   47%…
`)
})

test('no line is wider than the terminal, nor longer as a string, which vitest takes for its width', () => {
  const names = ['🇩🇪🇫🇷🇮🇹🇪🇸🇵🇱', '注文'.repeat(40), `z${'\u0316'.repeat(80)}`, 'x'.repeat(1000)]
  const jobs = names.map((name) => cleanProgress({ ...orders, name }))
  for (const columns of [1, 10, 40, 60, 80, 120, 300]) {
    for (const line of liveLines(jobs, columns, 10, plain)) {
      expect(line.length).toBeLessThanOrEqual(columns)
      expect(columnsOf(line)).toBeLessThanOrEqual(columns)
    }
  }
})

test('more jobs than there is room for: those that run, and a count of the others', () => {
  const many = [...Array.from({ length: 7 }, () => pending), ...Array.from({ length: 9_991 }, () => orders)]
  const lines = liveLines(many, 120, 4, plain)
  expect(lines).toHaveLength(4)
  expect(lines[2]).toContain('❯ orders')
  expect(lines[3]).toBe('   … and 9,995 more: 9,988 running, 7 pending')
  // The headline above counts them all.
  expect(liveLines(many, 40, 1, plain)).toEqual([expect.stringMatching(/^ ❯ orders /)])
})

test('what only waits is shown when nothing runs', () => {
  expect(draw([pending, pending, pending], 80, 2)).toBe(`
 · parts  shop.orders  pending
   … and 2 more: 2 pending
`)
})

test('colours say what is out of the ordinary, and take no room', () => {
  const paint: Paint = (colour, text) => `<${colour}:${text}>`
  expect(liveLines([stuck], 120, 5, paint)).toEqual([
    ' <yellow:!> 注文  <dim:shop.orders>  <cyan:importing>  <green:███████><dim:░░░░░░░░░>   47%  <dim:1,234,567 rows>  <yellow:no progress for 2 min 5 s>',
  ])
})

test('names and reasons from right to left are isolated, and the lines fit', () => {
  const arabic = { ...orders, jobId: '5', name: 'طلبات الليلة', table: 'متجر.طلبات' }
  const [line = ''] = liveLines([arabic], 120, 10, plain)
  expect(line).toContain('❯ \u2068طلبات الليلة\u2069  \u2068متجر.طلبات\u2069  importing ')
  const [hebrew = ''] = liveLines([{ ...orders, note: 'השרת נפל' }], 120, 10, plain)
  expect(hebrew).toContain('  \u2068השרת נפל\u2069')
  // Columns stay below each other, as the marks take none.
  const [above = '', below = ''] = liveLines([arabic, items], 120, 10, plain)
  const before = (text: string, word: string) => columnsOf(text.slice(0, text.indexOf(word)))
  expect(before(above, 'importing')).toBe(before(below, 'global-sorting'))
  for (const columns of [10, 22, 24, 40, 80, 86, 100]) {
    for (const each of liveLines([arabic, items], columns, 10, plain)) {
      expect(each.length).toBeLessThanOrEqual(columns)
      expect(each.match(/\u2068/g) ?? []).toHaveLength(each.match(/\u2069/g)?.length ?? 0)
    }
  }
})
