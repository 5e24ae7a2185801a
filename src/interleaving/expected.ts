import { ConfigError, InterleavingError } from '../errors.ts'
import type { Interleaving } from './interleaving.ts'
import { checkOrder, ownersOf, type ExpectedOutcome, type InterleavingPlan } from './plan.ts'

/** The expected and the actual results of an order: only the steps that were named. */
export interface Comparison {
  readonly run: Interleaving
  readonly expected: ExpectedOutcome
  readonly actual: Readonly<Record<string, string | undefined>>
  /** Names of the steps whose results differ. */
  readonly wrong: readonly string[]
}

/** The orders that a plan expects something of. @throws {ConfigError} if it expects nothing, or of an order not run. */
export function compare(plan: InterleavingPlan, runs: readonly Interleaving[]): Comparison[] {
  const names = new Set(runs.map(({ name }) => name))
  const unknown = Object.keys(plan.expected ?? {}).filter((order) => order !== '*' && !names.has(order))
  if (unknown.length > 0) {
    throw new ConfigError(['expected'], `the plan expects something of ${unknown.join('; ')}, which was not run`, {
      hints: ['write an order as its steps with one space between'],
    })
  }
  const comparisons = runs.flatMap((run) => comparisonOf(plan, run) ?? [])
  if (comparisons.length === 0) {
    throw new ConfigError(['expected'], 'the plan expects nothing of the orders that were run', {
      hints: ["give it `expected`: { 'a1 b1 a2 b2': { b1: 'blocked until a2, then 1 row' } }"],
    })
  }
  return comparisons
}

/** @throws {InterleavingError} if the plan expects something else of this order; {ConfigError} as `compare`. */
export function checkExpected(plan: InterleavingPlan, run: Interleaving): void {
  // What it expects of other orders is for others to run.
  for (const order of Object.keys(plan.expected ?? {})) if (order !== '*') checkOrder(plan, order.split(' '))
  const comparison = comparisonOf(plan, run)
  if (comparison === undefined || comparison.wrong.length === 0) return
  const { expected, actual, wrong } = comparison
  const lines = wrong.map((step) => `  ${step}: ${actual[step]}, expected: ${String(expected[step])}`)
  throw new InterleavingError(`${run.name} did not match what the plan expects\n${lines.join('\n')}`)
}

/** Undefined if nothing is expected of that order. */
function comparisonOf(plan: InterleavingPlan, run: Interleaving): Comparison | undefined {
  const expected = plan.expected?.[run.name] ?? (run.possible ? plan.expected?.['*'] : undefined)
  const steps = Object.keys(expected ?? {})
  if (expected === undefined || steps.length === 0) return undefined
  const known = new Set([...ownersOf(plan).keys(), ...(plan.final === undefined ? [] : ['final'])])
  const unknown = steps.find((step) => !known.has(step))
  if (unknown !== undefined) {
    throw new ConfigError(['expected'], `the plan expects something of ${unknown}, which is not one of its steps`, {
      hints: [`its steps are ${[...known].join(', ')}`],
    })
  }
  const { outcome } = run
  const actual = Object.fromEntries(steps.map((step) => [step, outcome[step]]))
  const wrong = steps.filter((step) => !fits(actual[step], expected[step]))
  return { run, expected, actual, wrong }
}

function fits(actual: string | undefined, wanted: string | RegExp | undefined): boolean {
  if (wanted === undefined || actual === undefined) return false
  // A pattern with the flag g goes on where it stopped the last time.
  return typeof wanted === 'string' ? actual === wanted : actual.search(wanted) >= 0
}
