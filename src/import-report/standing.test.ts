import { expect, test } from 'vitest'
import { importRecords, oneImportRecord } from '../../fixtures/import-records.ts'
import type { ImportRecord, PaceComparison } from '../import-jobs/import-record.ts'
import { byUrgency, standingOf, STANDINGS, wordOf } from './standing.ts'

const paced = (verdict: PaceComparison['verdict'], rest: Partial<ImportRecord> = {}) => {
  const { pace } = oneImportRecord()
  return oneImportRecord({ ...rest, ...(pace && { pace: { ...pace, verdict } }) })
}

test.for<[ImportRecord, string, string]>([
  [oneImportRecord({ outcome: 'failed', faults: ['it failed'] }), 'failed', 'Failed'],
  [oneImportRecord({ outcome: 'vanished', faults: ['it vanished'] }), 'failed', 'Vanished'],
  [oneImportRecord({ outcome: 'running', faults: ['it ran'] }), 'failed', 'Still running'],
  [oneImportRecord({ outcome: 'awaiting-resolution', faults: ['it stood still'] }), 'failed', 'Awaiting resolution'],
  [oneImportRecord({ outcome: 'reverting', faults: ['it ended'] }), 'failed', 'Ended as reverting'],
  [oneImportRecord({ outcome: 'constructor' }), 'unfinished', 'Ended as constructor, allowed'],
  [paced('kept', { faults: ['rows'] }), 'failed', 'Not as expected'],
  [paced('slower', { faults: ['slower'] }), 'failed', 'Too slow'],
  [oneImportRecord({ outcome: 'cancelled' }), 'unfinished', 'Cancelled, allowed'],
  [paced('slower'), 'slower', 'Slower'],
  [paced('unknown'), 'unknown', 'Not compared'],
  [paced('faster'), 'fine', 'Faster'],
  [paced('kept'), 'fine', 'Usual pace'],
])('%#: a fault comes before how it ended, and that before its pace', ([record, standing, word]) => {
  expect([standingOf(record), wordOf(record)]).toEqual([standing, word])
})

test('the most urgent come first, and of those the earliest', () => {
  const sorted = byUrgency(importRecords(200).toReversed())
  const ranks = sorted.map((record) => STANDINGS.indexOf(standingOf(record)))
  expect(ranks).toEqual(ranks.toSorted((a, b) => a - b))
  const failed = sorted.filter((record) => standingOf(record) === 'failed').map(({ createdAt }) => createdAt)
  expect(failed).toHaveLength(10)
  expect(failed).toEqual(failed.toSorted((a = '', b = '') => a.localeCompare(b)))
})

test('a job whose runs get slower each is told before it fails the run', () => {
  const trend = { perRun: 0.03, runs: 12 }
  const record = oneImportRecord()
  const pace = { ...record.pace, verdict: 'kept', trend } as NonNullable<ImportRecord['pace']>
  expect(standingOf({ ...record, pace })).toBe('slower')
  expect(wordOf({ ...record, pace })).toBe('Slower each run')
})
