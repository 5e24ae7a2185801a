import { expect, test } from 'vitest'
import { ImportJobError } from '../errors.ts'
import { toJobId } from './job-id.ts'

test('a number in any form is one', () => {
  expect([toJobId(7), toJobId('7'), toJobId(9223372036854775807n), toJobId({ id: '12' })]).toEqual([
    '7',
    '7',
    '9223372036854775807',
    '12',
  ])
})

test.for(['abc', '', '-1', '1.5', '1e3', '7; drop table t', '9223372036854775808', '１', Number.NaN])(
  '%s is refused before anything is sent',
  (id) => {
    expect(() => toJobId(id)).toThrow(ImportJobError)
  },
)
