import { expect, test } from 'vitest'
import './index.ts'
import { StatementError } from '../errors.ts'
import { Interleaving } from '../interleaving/interleaving.ts'
import { Interleavings } from '../interleaving/permutations.ts'

test('the result of an order is not known if a step got no answer, under not either', () => {
  const error = new Error('connection lost')
  const lost = new Interleaving(['a1'], [{ step: 'a1', session: 'alice', status: 'failed', waited: false, error }], [])
  const all = new Interleavings({ sessions: { alice: { steps: { a1: 'begin' } } }, expected: { '*': { a1: 'ok' } } }, [
    lost,
  ])
  expect(() => expect(all).toMatchExpected()).toThrow('but 1 did not')
  expect(() => expect(all).not.toMatchExpected()).toThrow('a1 got no answer')
  const refused = new StatementError('begin', { answer: { errno: 9007, message: 'conflict' } })
  const step = { step: 'a1', session: 'alice', status: 'failed', waited: false, error: refused } as const
  expect(new Interleavings(all.plan, [new Interleaving(['a1'], [step], [])])).not.toMatchExpected()
})
