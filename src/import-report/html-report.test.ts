import { expect, test } from 'vitest'
import { hostileRecord, importRecords, oneImportRecord, variedRecords } from '../../fixtures/import-records.ts'
import type { ImportRecord } from '../import-jobs/import-record.ts'
import { factsOf } from './facts.ts'
import { importReportHtml } from './html-report.ts'

const report = (records: readonly ImportRecord[]) => importReportHtml(records, factsOf(records))

test('nothing is loaded, nothing runs, and the page says so itself', () => {
  const page = report(variedRecords())
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"`)
  expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\son[a-z]+="|src="/i)
  const targets = [...page.matchAll(/href="([^"]*)"/g)].map(([, target = '']) => target)
  expect(targets.filter((target) => !target.startsWith('#'))).toEqual(['import-jobs.json'])
})

test('every link inside has a place to go to', () => {
  const page = report(importRecords(60))
  const ids = new Set([...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id))
  const targets = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id)
  expect(targets.length).toBeGreaterThan(60)
  expect(targets.filter((id) => !ids.has(id))).toEqual([])
})

test('whatever a server or a test said stands there as text', () => {
  const page = report([hostileRecord()])
  expect(page).not.toContain('<script')
  expect(page).not.toContain('<img')
  // Everything that a record holds came through the same door: each text is there, as text.
  for (const field of ['name', 'phase', 'text', 'fault', 'reason', 'file', 'test', '9']) {
    expect(page).toContain(`${field} &quot;&gt;&lt;script&gt;hit = 1&lt;/script&gt;`)
  }
  expect(page.isWellFormed()).toBe(true)
  expect(page).toContain('␀␛[31m‹U+202E›\ufffd‹U+FFFF›‹U+2028›')
})

test('when there are several servers, each job says which was its own', () => {
  expect(report(importRecords(2))).not.toContain('<dt>Server</dt><dd>tidb.nightly.example:4000, TiDB v8.5.6</dd>')
  expect(report([oneImportRecord(), hostileRecord()])).toMatch(
    /<dt>Servers<.*<dt>Server<\/dt><dd>host &quot;&gt;&lt;script.*<dt>Server<\/dt><dd>tidb.nightly.example:4000, TiDB v8.5.6<\/dd>/s,
  )
})

test('few failures are unfolded, many are not', () => {
  const failed = (number: number) => importRecords(number, (record) => ({ ...record, faults: ['it failed'] }))
  const unfolded = (page: string) => page.match(/<details class="job failed" open>/g)?.length ?? 0
  expect([unfolded(report(failed(3))), unfolded(report(failed(4)))]).toEqual([3, 0])
})

test.for<[string, Partial<ImportRecord>]>([
  ['no progress', { curve: [] }],
  ['one point of progress', { curve: [{ ms: 0, rows: 5 }] }],
  ['no phases', { phases: [] }],
  ['phases of no length', { phases: [{ phase: 'importing', ms: 0 }] }],
  ['a duration of nothing', { durationMs: 0 }],
  ['no story', { timeLine: [] }],
  ['a moment beyond all calendars', { timeLine: [{ at: 1e300, ms: 0, kind: 'seen', text: 'seen' }] }],
  ['times that are none', { at: 'never', createdAt: 'x', startedAt: 'y', endedAt: 'z' }],
  ['more rows than a number holds', { rows: '18446744073709551615' }],
  ['never started', { outcome: 'pending', faults: ['never started'], rows: 0 }],
])('a job with %s has its place, with no number made up', ([, different]) => {
  const page = report([oneImportRecord(different)])
  expect(page).toContain('<h3>nightly orders</h3>')
  expect(page).not.toMatch(/NaN|Infinity|undefined|null|\[object|Invalid/)
})

test('a job without rows and duration says that they are not known', () => {
  const { rows: _rows, durationMs: _durationMs, bytes: _bytes, ...rest } = oneImportRecord({ curve: [] })
  expect(report([rest]).match(/not known/g)).toHaveLength(4)
})

test('no jobs at all are a page as well', () => {
  expect(report([])).toContain('No import job was watched.')
})

test('a message is there in full, until all together would be too much to open', () => {
  const long = `begin ${'x'.repeat(60_000)} end`
  expect(report([oneImportRecord({ outcome: 'failed', faults: ['failed'], message: long })])).toContain(`${long}</pre>`)
  const many = report(importRecords(100, (record) => ({ ...record, message: long })))
  expect(many).toContain('40,010 more characters are in import-jobs.json.')
  expect(many.length).toBeLessThan(4_000_000)
})

test('a thousand jobs are a page of less than 5 MB, with bars for the most urgent', () => {
  const page = report(importRecords(1_000))
  expect(Buffer.byteLength(page)).toBeLessThan(5_000_000)
  expect(page.match(/<details class="job /g)).toHaveLength(1_000)
  expect(page).toContain('A bar each for the 48 most urgent of 1,000 jobs; the chart counts all of them.')
  expect(page.match(/<li class="failed">/g)).toHaveLength(48)
})
