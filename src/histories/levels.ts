import { ConfigError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { BASES, ORDERS, type Base, type Finding, type Order } from './finding.ts'

/** A level by its name, such as `strong snapshot isolation`. */
export type ConsistencyLevel = `${'' | 'strong session ' | 'strong '}${Base}` | 'strict serializable'

/** What a database may promise of a history. */
export interface Level {
  readonly base: Base
  readonly order: Order
}

/**
 * The levels by name. `strong session` adds that each session sees its own transactions in their order, `strong` that
 * whatever had ended when another began came before it; the strongest is also called strict serializable.
 */
const LEVELS = new Map<string, Level>([
  ...BASES.flatMap((base) =>
    ORDERS.map((order): [string, Level] => [
      `${{ '': '', session: 'strong session ', 'real time': 'strong ' }[order]}${base}`,
      { base, order },
    ]),
  ),
  ['strict serializable', { base: 'serializable', order: 'real time' }],
])

/** @throws {ConfigError} if there is no level of that name. */
export function levelOf(name: string): Level {
  const level = LEVELS.get(name)
  if (level !== undefined) return level
  const near = nearest(String(name), [...LEVELS.keys()])
  throw new ConfigError(['level'], `there is no consistency level ${JSON.stringify(name)}`, {
    hints: [near === undefined ? `the levels are ${[...LEVELS.keys()].join(', ')}` : `did you mean ${near}?`],
  })
}

/** Whether a level forbids what was found. */
export function forbids({ base, order }: Level, finding: Finding): boolean {
  return BASES.indexOf(finding.base) <= BASES.indexOf(base) && ORDERS.indexOf(finding.order) <= ORDERS.indexOf(order)
}
