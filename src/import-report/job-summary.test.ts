import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hostileRecord, importRecords, oneImportRecord } from '../../fixtures/import-records.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import type { ImportRecord } from '../import-jobs/import-record.ts'
import { factsOf } from './facts.ts'
import { appendGitHubSummary, importJobSummaryMarkdown } from './job-summary.ts'

const summary = (records: readonly ImportRecord[]) => importJobSummaryMarkdown(records, factsOf(records))
const MIB = 1_024 ** 2

test('what happened, then what needs a look, then the rest folded away', () => {
  const lines = summary(importRecords(40)).split('\n')
  const order = [
    '## Import jobs',
    '**2 of 40',
    '| ❌ Failed',
    '| ❌ Too slow',
    '| 🐢 Slower',
    '```text',
    '<details><summary>35 jobs',
    '| ✅',
  ]
  const places = order.map((begin) => lines.findIndex((line) => line.startsWith(begin)))
  expect(places).not.toContain(-1)
  expect(places).toEqual(places.toSorted((a, b) => a - b))
})

test('no text becomes markup: not of HTML, not of Markdown, not of the table', () => {
  const text = summary([hostileRecord()])
  const [outside = '', ...rest] = text.split('````text')
  expect(rest).toHaveLength(1)
  expect(outside).not.toMatch(/<(?!\/?code>)|\[31m|```/)
  const [row = ''] = outside.split('\n').filter((line) => line.startsWith('| ❌'))
  expect(row.split('|')).toHaveLength(9)
  expect(text).toContain('‹U+202E›')
})

test('backticks of a message do not end its block', () => {
  const message = 'a\n`````\n**bold**'
  expect(summary([oneImportRecord({ outcome: 'failed', faults: ['failed'], message })])).toContain(
    `\n\`\`\`\`\`\`text\n${message}\n\`\`\`\`\`\`\n`,
  )
})

test('it stays below 1 MiB, and says how much it leaves out', () => {
  const records = importRecords(2_000, (record) => ({
    ...record,
    faults: ['x'.repeat(9_000)],
    message: '*'.repeat(9_000),
  }))
  const text = summary(records)
  expect(Buffer.byteLength(text)).toBeLessThan(MIB)
  const [, left = ''] = /Left out, because GitHub shows at most 1 MiB: ([\d,]+) messages\./.exec(text) ?? []
  const told = text.match(/^\*\*❌/gm)?.length ?? 0
  expect(Number(left.replace(',', '')) + told).toBe(2_000)
  expect(told).toBeGreaterThan(10)
})

test('jobs that find no room in its tables are counted too', () => {
  const text = summary(importRecords(5_000))
  const [, left = ''] = /Left out, because GitHub shows at most 1 MiB: ([\d,]+) jobs/.exec(text) ?? []
  expect(Number(left.replace(',', '')) + (text.match(/^\| [^|]+ \| nightly/gm)?.length ?? 0)).toBe(5_000)
  expect(text).toContain('</details>')
})

test('it is added to what the step has said before', async () => {
  using folder = tempFolder()
  const path = join(folder.path, 'summary.md')
  expect(await appendGitHubSummary('one', { GITHUB_STEP_SUMMARY: path })).toBe(true)
  await appendGitHubSummary('two', { GITHUB_STEP_SUMMARY: path })
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n')
  expect(await appendGitHubSummary('three', {})).toBe(false)
})
