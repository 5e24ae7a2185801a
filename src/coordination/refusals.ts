import { CoordinationError } from '../errors.ts'
import { describeExpected, type Expected } from './expected.ts'
import { listed } from './listed.ts'

// The errors of parties that can't meet, wherever they meet: in one process, or through TiDB.

/** What a party was given, and which party that was. */
interface Told<T> {
  readonly by: string
  readonly is: T
}

export function barrierName(name: string): string {
  return `barrier ${JSON.stringify(name)}`
}

export function signalName(name: string): string {
  return `signal ${JSON.stringify(name)}`
}

export function turnsName(name: string): string {
  return `turns ${JSON.stringify(name)}`
}

export function arrivedAlready(party: string, barrier: string): CoordinationError {
  return new CoordinationError(`${party} is already at ${barrier}`, {
    hints: ['await the first barrier() before the next: a party can wait at a barrier only once'],
  })
}

export function notInvited(party: string, barrier: string, expected: Expected): CoordinationError {
  return new CoordinationError(`${party} arrived at ${barrier}, which is for ${describeExpected(expected)}`, {
    hints: [`add ${JSON.stringify(party)} to parties`],
  })
}

export function twoMeetings(barrier: string, first: Told<Expected>, second: Told<Expected>): CoordinationError {
  const [one, other] = [first, second].map(({ by, is }) => `for ${describeExpected(is)} according to ${by}`)
  return new CoordinationError(`${barrier} is ${one}, and ${other}`, {
    hints: ['give every party of one barrier the same `parties`'],
  })
}

export function noPlace(party: string, turns: string, order: readonly string[]): CoordinationError {
  return new CoordinationError(`${party} is not in the order of ${turns}: ${listed(order)}`, {
    hints: [`add ${JSON.stringify(party)} to order`],
  })
}

export function secondTurn(party: string, turns: string): CoordinationError {
  return new CoordinationError(`${party} takes its turn in ${turns} a second time`, {
    hints: ['each party has one turn, and a new round begins once all have had theirs: await turn() before the next'],
  })
}

export function twoOrders(
  turns: string,
  first: Told<readonly string[]>,
  second: Told<readonly string[]>,
): CoordinationError {
  const [one, other] = [first, second].map(({ by, is }) => `${listed(is)} according to ${by}`)
  return new CoordinationError(`${turns} have two orders: ${one}; and ${other}`, {
    hints: ['give every party the same `order`'],
  })
}

/** `failure` is the first line of what it failed with; `cause` that itself, if it is in this process. */
export function failedInTurn(party: string, turns: string, failure: string, cause?: unknown): CoordinationError {
  return new CoordinationError(`${turns} can't go on: ${party} failed in its turn: ${failure}`, { cause })
}

export function otherValue(party: string, signal: string, giver: string | undefined): CoordinationError {
  return new CoordinationError(`${party} sent ${signal}, which ${giver} has already sent with another value`, {
    hints: ['a signal is sent once and keeps its value: use another name, or send a message'],
  })
}

/** `where` is `here` or `in group "…"`. */
export function noReceiver(party: string, to: string, where: string, names: readonly string[]): CoordinationError {
  return new CoordinationError(`${party} sent a message to ${JSON.stringify(to)}, which is not ${where}`, {
    hints: [`the parties ${where}: ${listed(names)}`],
  })
}

/** `gone` is the receiver and how it ended, as in `bob (failed: disk full)`. */
export function receiverEnded(party: string, gone: string, cause?: unknown): CoordinationError {
  return new CoordinationError(`${party} sent a message to ${gone}`, { cause })
}

/** Why a wait is over that those who are gone leave in vain, such as `barrier "x" can't be filled`. */
export function released(vain: string, gone: string, cause?: unknown): CoordinationError {
  return new CoordinationError(`${vain}: ${gone}`, {
    cause,
    hints: ['see what that party failed with, or why it ended without arriving'],
  })
}

export const vain = {
  barrier: (barrier: string) => `${barrier} can't be filled`,
  signal: (signal: string) => `${signal} will not be sent`,
  turns: (turns: string) => `${turns} can't go on`,
} as const
