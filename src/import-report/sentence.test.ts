import { expect, test } from 'vitest'
import { importRecords, oneImportRecord } from '../../fixtures/import-records.ts'
import type { ImportRecord } from '../import-jobs/import-record.ts'
import { sentenceOf } from './sentence.ts'

const fine = oneImportRecord()
const { pace, ...uncompared } = fine
const failed = oneImportRecord({ outcome: 'failed', faults: ['failed'] })
const cancelled = oneImportRecord({ outcome: 'cancelled', faults: ['cancelled'] })
const slow = oneImportRecord({ faults: ['slow'], ...(pace && { pace: { ...pace, verdict: 'slower' } }) })

test.for<[ImportRecord[], string, string]>([
  [[], 'No import job was watched.', ''],
  [[fine], 'The only import job finished, at its usual pace or faster.', ''],
  [[fine, fine], 'All 2 import jobs finished, at their usual pace or faster.', ''],
  [[uncompared, fine], 'All 2 import jobs finished.', ''],
  [[failed], '1 of 1 import job failed.', ''],
  [[failed, failed], 'All 2 import jobs failed.', ''],
  [[failed, fine], '1 of 2 import jobs failed.', 'The other 1 finished, at its usual pace or faster.'],
  [[cancelled, cancelled, uncompared], '2 of 3 import jobs were cancelled.', 'The other 1 finished.'],
  [
    [failed, slow, cancelled, fine],
    '3 of 4 import jobs fail the run: 1 failed, 1 is too slow, 1 was cancelled.',
    'The other 1 finished, at its usual pace or faster.',
  ],
  [[oneImportRecord({ outcome: 'reverting', faults: ['it ended'] })], '1 of 1 import job ended as reverting.', ''],
  [[oneImportRecord({ faults: ['rows'] })], '1 of 1 import job finished, but not as expected.', ''],
  [
    [oneImportRecord({ outcome: 'failed' })],
    'The only import job does not fail the run.',
    '1 did not finish, and no test failed because of that.',
  ],
])('%#: what happened, in words', ([records, lead, rest]) => {
  expect(sentenceOf(records)).toEqual({ lead, rest })
})

test('what else there is to say counts those beside the ones that fail', () => {
  expect(sentenceOf(importRecords(40))).toEqual({
    lead: '2 of 40 import jobs fail the run: 1 failed, 1 is too slow.',
    rest: '1 more did not finish, and no test failed because of that. 1 more is slower than usual. 1 more could not be compared with earlier runs. The other 35 finished, at their usual pace or faster.',
  })
})

test('the headline does not contradict the run', () => {
  const records = [oneImportRecord(), oneImportRecord({ jobId: '2' })]
  const tests = { outcome: 'failed', passed: 2, failed: 1, skipped: 0 } as const
  expect(sentenceOf(records, tests)).toEqual({
    lead: 'The run failed: 1 of 3 tests did.',
    rest: expect.stringMatching(/^All 2 import jobs finished/) as string,
  })
  expect(sentenceOf([], { ...tests, failed: 0 })).toEqual({
    lead: 'The run failed, with an error outside of its tests.',
    rest: 'No import job was watched.',
  })
  expect(sentenceOf(records, { ...tests, outcome: 'interrupted' }).lead).toBe('The run was interrupted.')
  expect(sentenceOf(records, { ...tests, outcome: 'passed' }).lead).toMatch(/^All 2 import jobs finished/)
})
