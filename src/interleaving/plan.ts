import type { SessionSettings } from '../config/session-settings.ts'
import type { Value } from '../connection/connection.ts'
import { ConfigError } from '../errors.ts'
import type { SessionBase } from '../workflow/session.ts'

/** One step of a session: a statement, a statement with its values, or a function that sends what it likes. */
export type Step =
  string | readonly [sql: string, values: readonly Value[]] | ((session: SessionBase) => Promise<unknown>)

export interface SessionPlan {
  /** Settings that differ from the test's, such as another user. */
  readonly settings?: SessionSettings
  /** Statements before each order, such as `begin`. */
  readonly setup?: readonly string[]
  /** The steps, by names of their own, in their order within this session. */
  readonly steps: Readonly<Record<string, Step>>
  /** Statements after each order. An open transaction is rolled back in any case. */
  readonly teardown?: readonly string[]
}

/** The expected result of each step, in the words of {@link Interleaving.outcome}; a step that is not named may have any. */
export type ExpectedOutcome = Readonly<Record<string, string | RegExp>>

/** Sessions with steps, to be run in one order or another. */
export interface InterleavingPlan {
  /** Statements before the first order, which make the tables. */
  readonly once?: readonly string[]
  /** Statements before each order, which put the rows back. */
  readonly setup?: readonly string[]
  readonly sessions: Readonly<Record<string, SessionPlan>>
  /** A query after each order, whose rows are its `final`. */
  readonly final?: string
  /** Statements after each order. */
  readonly teardown?: readonly string[]
  /** What is expected of each order, by its steps with spaces between: `'a1 b1 a2 b2'`. `'*'` stands for all others that are possible. */
  readonly expected?: Readonly<Record<string, ExpectedOutcome>>
}

/** Which session each step belongs to. @throws {ConfigError} if a plan has no steps, or two of one name. */
export function ownersOf({ sessions }: InterleavingPlan): Map<string, string> {
  const owners = new Map<string, string>()
  for (const [session, { steps }] of Object.entries(sessions)) {
    for (const step of Object.keys(steps)) {
      const other = owners.get(step)
      if (other !== undefined) {
        throw new ConfigError(['steps'], `${other} and ${session} both have a step named ${JSON.stringify(step)}`, {
          hints: ['an order names steps: give each its own name, such as a1 and b1'],
        })
      }
      if (/\s/.test(step)) {
        throw new ConfigError(['steps'], `the step ${JSON.stringify(step)} of ${session} has a space in its name`, {
          hints: ['orders are written with spaces between steps: give it a name without one'],
        })
      }
      owners.set(step, session)
    }
  }
  if (owners.size === 0) {
    throw new ConfigError(['sessions'], 'a plan without steps proves nothing', { hints: ['give its sessions steps'] })
  }
  return owners
}

/** @throws {ConfigError} if an order lacks a step, has one twice, or has those of one session in another order. */
export function checkOrder(plan: InterleavingPlan, order: readonly string[]): void {
  const owners = ownersOf(plan)
  const wrong = (what: string) =>
    new ConfigError(['order'], `the order ${order.join(' ')} ${what}`, {
      hints: [`its steps are ${[...owners.keys()].join(' ')}`],
    })
  for (const step of order) if (!owners.has(step)) throw wrong(`names ${step}, which no session has`)
  for (const [session, { steps }] of Object.entries(plan.sessions)) {
    const own = Object.keys(steps)
    const inOrder = order.filter((step) => owners.get(step) === session)
    if (inOrder.join(' ') !== own.join(' ')) {
      throw wrong(`has the steps of ${session} in the order ${inOrder.join(' ') || '(none)'}, not ${own.join(' ')}`)
    }
  }
}
