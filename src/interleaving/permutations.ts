import { ConfigError } from '../errors.ts'
import type { Interleaving } from './interleaving.ts'
import { countOrders, orders } from './orders.ts'
import { ownersOf, type ExpectedOutcome, type InterleavingPlan } from './plan.ts'

/** How many orders are run at most, unless told otherwise. */
const MOST = 1_000

/** Every order of a plan. @throws {ConfigError} where there are more than `most`. */
export function everyOrder(plan: InterleavingPlan, most = MOST): string[][] {
  ownersOf(plan)
  const sequences = Object.values(plan.sessions).map(({ steps }) => Object.keys(steps))
  const count = countOrders(sequences.map(({ length }) => length))
  if (count > BigInt(most)) {
    const sizes = sequences.map(({ length }) => length).join(' and ')
    throw new ConfigError(['most'], `${sizes} steps have ${count} orders, and at most ${most} are run`, {
      hints: [`shorten the sessions, give single orders, or allow more: { most: ${count} }`],
    })
  }
  return [...orders(sequences)]
}

/** What became of several orders of one plan. */
export class Interleavings {
  readonly plan: InterleavingPlan
  readonly runs: readonly Interleaving[]

  constructor(plan: InterleavingPlan, runs: readonly Interleaving[]) {
    this.plan = plan
    this.runs = runs
  }

  /** How many orders were run. */
  get count(): number {
    return this.runs.length
  }

  /** Orders in which every step could be sent in its place. */
  get possible(): Interleaving[] {
    return this.runs.filter(({ possible }) => possible)
  }

  /** Orders in which one could not, as its session was still waiting. */
  get impossible(): Interleaving[] {
    return this.runs.filter(({ possible }) => !possible)
  }

  /** What became of one order: `'a1 b1 a2 b2'`. @throws {TypeError} where it was not run. */
  of(order: string): Interleaving {
    const run = this.runs.find(({ name }) => name === order)
    if (run === undefined) throw new TypeError(`the order ${JSON.stringify(order)} was not run`)
    return run
  }

  toString(): string {
    const { count, impossible } = this
    const said = `${count} orders, ${impossible.length} of them not possible`
    return [said, ...this.runs.map(String)].join('\n')
  }
}

/** What an order was expected to come to, beside what it came to: only the steps that were named. */
export interface Comparison {
  readonly order: string
  readonly expected: ExpectedOutcome
  readonly actual: Readonly<Record<string, string | undefined>>
}

/** The orders that a plan expects something of. @throws {ConfigError} where it expects nothing, or of an order not run. */
export function compare({ plan, runs }: Pick<Interleavings, 'plan' | 'runs'>): Comparison[] {
  const { expected = {} } = plan
  const names = new Set(runs.map(({ name }) => name))
  const unknown = Object.keys(expected).filter((order) => order !== '*' && !names.has(order))
  if (unknown.length > 0) {
    throw new ConfigError(['expected'], `the plan expects something of ${unknown.join('; ')}, which was not run`, {
      hints: ['write an order as its steps with one space between'],
    })
  }
  const comparisons = runs.flatMap(({ name, outcome, possible }) => {
    const wanted = expected[name] ?? (possible ? expected['*'] : undefined)
    if (wanted === undefined) return []
    const actual = Object.fromEntries(Object.keys(wanted).map((step) => [step, outcome[step]]))
    return [{ order: name, expected: wanted, actual }]
  })
  if (comparisons.length === 0) {
    throw new ConfigError(['expected'], 'the plan expects nothing of the orders that were run', {
      hints: ["give it `expected`: { 'a1 b1 a2 b2': { b1: 'blocked until a2, then 1 row' } }"],
    })
  }
  return comparisons
}
