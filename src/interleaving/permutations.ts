import { ConfigError } from '../errors.ts'
import type { Interleaving } from './interleaving.ts'
import { countOrders, orders } from './orders.ts'
import { ownersOf, type InterleavingPlan } from './plan.ts'
import { formatCount } from '../number-format.ts'

/** How many orders are run at most, by default. */
const MOST = 1_000

/** Every order of a plan. @throws {ConfigError} if there are more than `most`. */
export function everyOrder(plan: InterleavingPlan, most = MOST): string[][] {
  ownersOf(plan)
  if (!Number.isInteger(most) || most < 1) {
    throw new ConfigError(['most'], `most is ${most}`, { hints: ['give a whole number from 1'] })
  }
  const sequences = Object.values(plan.sessions).map(({ steps }) => Object.keys(steps))
  const count = countOrders(sequences.map(({ length }) => length))
  if (count > BigInt(most)) {
    const sizes = sequences.map(({ length }) => length).join(' and ')
    throw new ConfigError(
      ['most'],
      `${sizes} steps have ${formatCount(count)} orders, and at most ${formatCount(most)} are run`,
      {
        hints: [`shorten the sessions, give single orders, or allow more: { most: ${count} }`],
      },
    )
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

  /** What became of one order: `'a1 b1 a2 b2'`. @throws {TypeError} if it was not run. */
  of(order: string): Interleaving {
    const run = this.runs.find(({ name }) => name === order)
    if (run === undefined) throw new TypeError(`the order ${JSON.stringify(order)} was not run`)
    return run
  }

  toString(): string {
    const { count, impossible } = this
    const said = `${formatCount(count)} orders, ${formatCount(impossible.length)} of them not possible`
    return [said, ...this.runs.map(String)].join('\n')
  }
}
