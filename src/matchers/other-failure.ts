import { chai } from 'vitest'
import { harmless } from '../terminal-text.ts'

/** What vitest calls a matcher with. */
export interface MatcherState {
  readonly isNot?: boolean
  /** Of the test that it takes for the current one. */
  readonly task?: object | undefined
}

/**
 * The rule of all matchers that judge a failure: one of another kind than the one asked about (a lost connection, a
 * state that failed, an abort or deadline of ours, another error of the server) says nothing about what was asked. So
 * they throw this, with `not` as well: `not` asserts that all went well in that respect.
 *
 * @param what was asked, such as `to conflict`. @param but what came instead, such as `it failed with 1146: …`.
 */
export function otherFailure(
  { isNot = false }: MatcherState,
  subject: string,
  what: string,
  but: string,
  cause: unknown,
): Error {
  const asked = `expected ${subject} ${isNot ? 'not ' : ''}${what}, but ${but}`
  const lines = isNot
    ? [asked, '  a failure other than the one asked about fails the assertion, under .not as well']
    : [asked]
  return Object.assign(new chai.AssertionError(harmless(lines.join('\n'))), { cause })
}
