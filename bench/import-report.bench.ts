import { expect, test } from 'vitest'
import { importRecords } from '../fixtures/import-records.ts'
import { factsOf } from '../src/import-report/facts.ts'
import { importReportHtml } from '../src/import-report/html-report.ts'
import { quantile, row } from './paired.ts'

const LIMIT_MS = 500
const LIMIT_BYTES = 3_000_000
const ROUNDS = 15

test('the report of 1,000 import jobs', { timeout: 60_000 }, () => {
  const records = importRecords(1_000).map((record) => ({ ...record, threads: 8 }))
  const facts = factsOf(records)
  const times = Array.from({ length: ROUNDS }, () => {
    const started = performance.now()
    expect(Buffer.byteLength(importReportHtml(records, facts))).toBeLessThan(LIMIT_BYTES)
    return performance.now() - started
  })
  const median = quantile(times, 0.5)
  const cells = ['report of 1,000 import jobs', `${median.toFixed(0)} ms`, '', '', '', '', `< ${LIMIT_MS} ms, < 3 MB`]
  row([...cells, `${ROUNDS} rounds, the slowest ${Math.max(...times).toFixed(0)} ms`])
  expect(median).toBeLessThan(LIMIT_MS)
})
