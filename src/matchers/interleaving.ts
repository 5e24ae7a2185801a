import { compare, Interleavings } from '../interleaving/permutations.ts'

/** `expect(await tidbPool.permutations(plan)).toMatchExpected()` */
export function toMatchExpected(received: unknown) {
  if (!(received instanceof Interleavings)) {
    throw new TypeError(`toMatchExpected() takes what tidbPool.permutations() returned, not ${typeof received}`)
  }
  const comparisons = compare(received)
  const wrong = comparisons.filter(({ expected, actual }) =>
    Object.entries(expected).some(([step, wanted]) => !fits(actual[step], wanted)),
  )
  const { count, impossible } = received
  const ran = `${count} orders were run, ${impossible.length} of them not possible, ${comparisons.length} compared`
  return {
    pass: wrong.length === 0,
    message: () =>
      wrong.length === 0
        ? `expected an order to come to something else than expected, but all did as expected (${ran})`
        : `expected each order to come to what the plan expects, but ${wrong.length} did not (${ran}): ${wrong.map(({ order }) => order).join('; ')}`,
    actual: Object.fromEntries(wrong.map(({ order, actual }) => [order, actual])),
    expected: Object.fromEntries(
      // A pattern that fits is no difference.
      wrong.map(({ order, expected, actual }) => [
        order,
        Object.fromEntries(
          Object.entries(expected).map(([step, wanted]) => [step, fits(actual[step], wanted) ? actual[step] : wanted]),
        ),
      ]),
    ),
  }
}

function fits(actual: string | undefined, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? actual === wanted : actual !== undefined && wanted.test(actual)
}
