import { Outcome } from '../coordination/outcome.ts'
import { firstLine } from '../errors.ts'
import { otherFailure, type MatcherState } from './other-failure.ts'
import { formatCount } from '../number-format.ts'

const SHOWN = 10

/** `expect(await tidbPool.run(10, work)).toAllComplete()`, or with the promise: `await expect(run).toAllComplete()` */
export function toAllComplete(this: MatcherState, received: unknown) {
  return received instanceof Promise ? received.then((outcome) => judge(this, outcome)) : judge(this, received)
}

function judge(state: MatcherState, received: unknown) {
  if (!(received instanceof Outcome)) {
    throw new TypeError(`toAllComplete() takes what a run returned, not ${typeof received}`)
  }
  // Whether all would have completed is not known.
  if (state.isNot === true && received.status === 'aborted') {
    const [first] = received.aborted
    throw otherFailure(
      state,
      `all ${formatCount(received.results.length)} sessions`,
      'to complete',
      `the run was ended: ${firstLine(first?.error)}`,
      first?.error,
    )
  }
  const others = received.results.flatMap((result) => (result.status === 'completed' ? [] : [result]))
  return {
    pass: others.length === 0,
    message: () => {
      if (others.length === 0)
        return `expected a session not to complete, but all ${formatCount(received.results.length)} did`
      const lines = others.slice(0, SHOWN).map(({ name, status, error }) => `  ${name} ${status}: ${firstLine(error)}`)
      if (others.length > SHOWN) lines.push(`  and ${formatCount(others.length - SHOWN)} more`)
      return `expected all ${formatCount(received.results.length)} sessions to complete, but ${formatCount(others.length)} did not\n${lines.join('\n')}`
    },
  }
}
