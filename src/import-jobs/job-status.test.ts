import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ImportJob } from './import-job.ts'
import { jobStatuses, meaningOf } from './job-status.ts'

test('the page has the table of statuses', () => {
  const page = readFileSync(new URL('../../docs/import-jobs.md', import.meta.url), 'utf8')
  const [, table = ''] = /^\| Status .*\n\|[- |]+\n((?:\|.*\n)+)/m.exec(page) ?? []
  const rows = table
    .trim()
    .split('\n')
    .map((row) => row.split('|').map((cell) => cell.trim().replace(/^[`<]|[`>]$/g, '')))
  expect(rows.map(([, status, meaning, releases, source]) => [status, { meaning, releases, source }])).toEqual(
    Object.entries(jobStatuses),
  )
})

test.for([
  ['pending', true, false],
  ['running', true, true],
  ['awaiting-resolution', true, true],
  ['finished', false, false],
  ['failed', false, false],
  ['canceled', false, false],
  ['vanished', false, false],
  ['reverting', false, false],
  ['constructor', false, false],
  ['', false, false],
] as const)('%j: active %s, begun %s', ([Status, active, begun]) => {
  expect(new ImportJob({ Status })).toMatchObject({ active, begun })
})

test('what no release has is unknown', () => {
  expect(['reverting', 'vanished', 'constructor', ''].map(meaningOf)).toEqual(Array(4).fill('unknown'))
})
