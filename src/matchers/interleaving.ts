import { StatementError } from '../errors.ts'
import { compare, type Comparison } from '../interleaving/expected.ts'
import { Interleavings } from '../interleaving/permutations.ts'
import { otherFailure, type MatcherState } from './other-failure.ts'
import { formatCount } from '../number-format.ts'

/** `expect(await tidbPool.permutations(plan)).toMatchExpected()` */
export function toMatchExpected(this: MatcherState, received: unknown) {
  if (!(received instanceof Interleavings)) {
    throw new TypeError(`toMatchExpected() takes what tidbPool.permutations() returned, not ${typeof received}`)
  }
  const { count, impossible, plan, runs } = received
  const comparisons = compare(plan, runs)
  const differing = comparisons.filter(({ wrong }) => wrong.length > 0)
  const ran = `${formatCount(count)} orders were run, ${formatCount(impossible.length)} of them not possible, ${formatCount(comparisons.length)} compared`
  const broken = differing.flatMap(brokenSteps)[0]
  if (this.isNot === true && broken !== undefined) {
    const { step, error } = broken
    throw otherFailure(this, 'the orders', 'to match what the plan expects', `${step} got no answer`, error)
  }
  return {
    pass: differing.length === 0,
    message: () =>
      differing.length === 0
        ? `expected an order to differ from what the plan expects, but all matched it (${ran})`
        : `expected each order to match what the plan expects, but ${formatCount(differing.length)} did not (${ran}): ${differing.map(({ run }) => run.name).join('; ')}`,
    actual: Object.fromEntries(differing.map(({ run, actual }) => [run.name, actual])),
    expected: Object.fromEntries(
      // A pattern that fits is no difference.
      differing.map(({ run, expected, actual, wrong }) => [
        run.name,
        Object.fromEntries(
          Object.entries(expected).map(([step, wanted]) => [step, wrong.includes(step) ? wanted : actual[step]]),
        ),
      ]),
    ),
  }
}

/** Steps whose results differ because the server did not answer: a connection that was lost, a state that failed. */
function brokenSteps({ run, wrong }: Comparison) {
  return run.steps.filter(
    ({ step, error }) =>
      wrong.includes(step) && error !== undefined && !(error instanceof StatementError && error.errno !== undefined),
  )
}
