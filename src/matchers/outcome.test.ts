import { expect, test } from 'vitest'
import './index.ts'
import { Outcome } from '../coordination/outcome.ts'

test('of a run that was ended, nobody knows whether all would have completed', () => {
  const error = new Error('enough')
  const outcome = new Outcome([{ name: 'session-0', history: [], status: 'aborted', error }], undefined, true)
  expect(() => expect(outcome).toAllComplete()).toThrow('session-0 aborted: enough')
  expect(() => expect(outcome).not.toAllComplete()).toThrow('the run was ended: enough')
})
