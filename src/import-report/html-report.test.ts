import { expect, test } from 'vitest'
import { hostileRecord, importRecords, oneImportRecord, variedRecords } from '../../fixtures/import-records.ts'
import type { ImportRecord } from '../import-jobs/import-record.ts'
import { noteOf } from './annotation.ts'
import { factsOf } from './facts.ts'
import { importReportHtml } from './html-report.ts'
import { importJobSummaryMarkdown } from './job-summary.ts'

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
  expect(page).toContain('<h3><bdi>nightly orders</bdi></h3>')
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

test('a thousand jobs are a page of less than 3 MB, with bars for the most urgent', () => {
  const page = report(importRecords(1_000))
  expect(Buffer.byteLength(page)).toBeLessThan(3_000_000)
  expect(page.match(/<details class="job /g)).toHaveLength(1_000)
  expect(page).toContain('A bar each for the 48 most urgent of 1,000 jobs; the chart counts all of them.')
  expect(page.match(/<li class="failed">/g)).toHaveLength(48)
})

test.for(['1970-01-01T00:00:05.000Z', '2099-01-01T00:00:00.000Z'])(
  'a job of %s does not stretch the time line',
  (far) => {
    const records = importRecords(10)
    const times = { createdAt: far, startedAt: far, endedAt: far }
    const page = report([...records, oneImportRecord({ jobId: '99', ...times })])
    const axis = (html: string) => /From [^<]*? to [^<]*?\./.exec(html)?.[0]
    expect(axis(page)).toBe(axis(report(records)))
    expect(page).toContain('1 job with other dates is not on it.')
    // In its own part it has its year.
    expect(page).toMatch(far.startsWith('1970') ? /Ran, in UTC<\/dt><dd>1 Jan 1970/ : /Ran, in UTC<\/dt><dd>1 Jan 2099/)
  },
)

test('long texts are cut, with the rest to be opened', () => {
  const fault = 'x'.repeat(54_000)
  const page = report([oneImportRecord({ faults: [fault], outcome: 'failed' })])
  expect(page).toContain(
    `<bdi>${'x'.repeat(600)}</bdi>… <details class="table"><summary>53,400 more characters</summary>`,
  )
})

test('names and messages are isolated from what is written the other way', () => {
  const page = report([oneImportRecord({ name: 'طلبات 7', faults: ['فشل 1'], message: 'خطأ' })])
  expect(page).toContain('<h3><bdi>طلبات 7</bdi></h3>')
  expect(page).toContain('<bdi>فشل 1</bdi>')
  // In the title of a bar, where there is no markup.
  const [timed] = variedRecords()
  expect(report([{ ...timed, name: 'طلبات 7' } as ImportRecord])).toMatch(/<title>[^<]*&#x2068;طلبات 7&#x2069;/)
  expect(page).toContain('<pre dir="auto"')
  expect(importJobSummaryMarkdown([oneImportRecord({ name: 'طلبات 7' })], factsOf([]))).toContain('\u2068طلبات 7\u2069')
  expect(noteOf(oneImportRecord({ name: 'طلبات 7' }))).toContain(', \u2068طلبات 7\u2069, into `shop`.')
})

test('what the run asserted is in the report, the failures with why', () => {
  const asserted = [
    { file: 'nightly.spec.ts', name: 'no failed imports', result: 'failed', message: 'import job 3 <failed> at 02:00' },
    { file: 'nightly.spec.ts', name: 'orders are imported', result: 'passed' },
  ] as const
  const tests = { outcome: 'failed', passed: 1, failed: 1, skipped: 0, asserted } as const
  const page = importReportHtml([], factsOf([], { tests }))
  expect(page).toContain('The run failed: 1 of 2 tests did.')
  expect(page).toContain('No import job was watched.')
  expect(page).toContain('import job 3 &lt;failed&gt; at 02:00')
  expect(page.indexOf('no failed imports')).toBeLessThan(page.indexOf('orders are imported'))
  expect(page).toContain('<title>✗ 0 jobs, the run failed')
  expect(importJobSummaryMarkdown([], factsOf([], { tests }))).toContain('no failed imports: import job 3')
})
