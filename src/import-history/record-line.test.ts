import { expect, test } from 'vitest'
import { importSummary } from '../../specs/import-history/import-summaries.ts'
import { fromLine, timeOf, toLine } from './record-line.ts'

test('what is written is read again', () => {
  for (const rows of [1_000, '18446744073709551615']) {
    const summary = importSummary(0, { name: 'a "name"\nof `two` lines 💥', rows, threads: 4, durationMs: 1.5 })
    const line = toLine(summary)
    expect(line).not.toContain('\n')
    expect(timeOf(line)).toBe(summary.at)
    expect(fromLine(line)).toEqual(summary)
  }
})

test('what is not known stays so', () => {
  const { rows: _, bytes: _b, createdAt: _c, startedAt: _s, endedAt: _e, durationMs: _d, ...bare } = importSummary(0)
  expect(fromLine(toLine(bare))).toEqual(bare)
  expect(fromLine(toLine({ ...bare, rows: Number.NaN, durationMs: Number.POSITIVE_INFINITY }))).toEqual(bare)
})

test('a line that was written before threads were is read', () => {
  const before = toLine(importSummary(0, { threads: 4 })).replace('"threads":4,', '')
  expect(fromLine(before)).toEqual(importSummary(0))
})

test('more than a summary is left out, and long texts are shortened', () => {
  const record = { ...importSummary(0, { message: 'x'.repeat(10_000) }), curve: [{ ms: 0, rows: 0 }] }
  const read = fromLine(toLine(record))
  expect(read).not.toHaveProperty('curve')
  expect(read).toHaveProperty('message', `${'x'.repeat(499)}…`)
})

const line = toLine(importSummary(0))
test.for([
  [line.slice(0, -1), /^can't be read: .*JSON/],
  ['\u0000\u0000', /^can't be read: /],
  ['42', /^can't be read: it is not in format 1$/],
  ['null', /^can't be read: it is not in format 1$/],
  ['{"name":"orders"}', /^can't be read: it is not in format 1$/],
  ['{"v":2}', /^is in format 2, and this vitest-tidb reads format 1: update vitest-tidb to count it$/],
  [line.replace('"finished"', '""'), /^can't be read: outcome: /],
  [line.replace(/"at":"[^"]+"/, '"at":"yesterday"'), /^can't be read: at: is not a time$/],
  [line.replace('"rows":1000000', '"rows":[]'), /^can't be read: rows: /],
] as const)('%s is no record', ([text, fault]) => {
  expect(fromLine(text)).toHaveProperty('fault', expect.stringMatching(fault))
})
