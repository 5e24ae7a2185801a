import { expect, test } from 'vitest'
import { hostileRecord, importRecords, oneImportRecord } from '../../fixtures/import-records.ts'
import { annotationOf, noteOf, workflowCommand } from './annotation.ts'

test('what fails the run is an error, what is merely noticed a warning, the rest a notice', () => {
  const types = importRecords(40).map((record) => annotationOf(record).type)
  expect(types.flatMap((type, index) => (type === 'notice' ? [] : [[index, type]]))).toEqual([
    [3, 'error'],
    [11, 'warning'],
    [17, 'error'],
    [22, 'warning'],
    [34, 'warning'],
  ])
})

test('it says which job, how it ended, and in which numbers; nothing twice', () => {
  const faults = ['failed: column count mismatch']
  const message = 'column count mismatch\nin file orders.csv'
  const { pace: _, ...record } = oneImportRecord({
    outcome: 'failed',
    rows: 1_200,
    durationMs: 60_000,
    faults,
    message,
  })
  expect(annotationOf(record).message).toBe(
    [
      'import job 30001, nightly orders, into `shop`.`orders`: failed, 1,200 rows in 1 min (20 rows/s)',
      'failed: column count mismatch',
      'server said: in file orders.csv',
    ].join('\n'),
  )
})

test('it is short, and what can not be seen is shown', () => {
  const { message } = annotationOf(hostileRecord())
  expect(message.length).toBeLessThan(6_000)
  expect(message).toContain('more characters')
  expect(message).toContain('‹U+202E›')
  expect(message.isWellFormed()).toBe(true)
})

test('a job that has just ended is noted as it ended', () => {
  const { pace: _, ...record } = oneImportRecord({ outcome: 'failed', rows: 1_200, durationMs: 60_000, faults: [] })
  expect(noteOf(record)).toBe(
    'import job 30001, nightly orders, into `shop`.`orders`: failed, 1,200 rows in 1 min (20 rows/s)',
  )
})

test('as a workflow command, nothing in a name or a message ends it early', () => {
  const command = workflowCommand(oneImportRecord({ name: 'a,b:c', faults: ['100 % failed\n::error::no'] })) ?? ''
  expect(command).toMatch(/^::error file=[^:]+,title=import job a%2Cb%3Ac::import job 30001/)
  expect(command).toContain('100 %25 failed%0A::error::no')
  expect(command.split('\n')).toHaveLength(1)
  expect(workflowCommand(oneImportRecord())).toBeUndefined()
})
