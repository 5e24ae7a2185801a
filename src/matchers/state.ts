import { StateError } from '../errors.ts'
import { formatTransition } from '../transition.ts'
import { SessionBase } from '../workflow/session.ts'
import { otherFailure, type MatcherState } from './other-failure.ts'

/** What a failure must look like; each part is optional. */
export interface FailureShape {
  /** Number of the server's error, such as 1045. */
  readonly errno?: number
  /** Its symbol, or that of the socket's error, such as `ECONNREFUSED`. */
  readonly code?: string
  /** What the message must contain or match. */
  readonly message?: string | RegExp
}

function sessionOf(received: unknown, matcher: string): SessionBase {
  if (received instanceof SessionBase) return received
  throw new TypeError(`${matcher}() takes a session, such as the fixture tidb, not ${typeof received}`)
}

function historyOf(session: SessionBase): string {
  return session.history.map((transition) => `  ${formatTransition(transition)}`).join('\n')
}

/**
 * `await expect(tidb).toReach('Completed')`. Under `not`, the workflow leads past that state without entering it: a state
 * that failed is no answer, and asserted with `toFailIn`.
 */
export async function toReach(this: MatcherState, received: unknown, state: string) {
  const session = sessionOf(received, 'toReach')
  const { error, leftOut } = await outcomeOf(session, state)
  if (error !== undefined) {
    throw otherFailure(this, session.name, `to reach ${state}`, `${error.message}\n${historyOf(session)}`, error)
  }
  return {
    pass: !leftOut,
    message: () =>
      leftOut
        ? `expected ${session.name} to reach ${state}, but its workflow leads past it\n${historyOf(session)}`
        : `expected ${session.name} not to reach ${state}, and it did\n${historyOf(session)}`,
  }
}

/** `await expect(session).toFailIn('Connecting', { errno: 1045 })` */
export async function toFailIn(this: MatcherState, received: unknown, state: string, shape: FailureShape = {}) {
  const session = sessionOf(received, 'toFailIn')
  const { error, leftOut } = await outcomeOf(session, state)
  if (error === undefined) {
    return {
      pass: false,
      message: () =>
        `expected ${session.name} to fail in ${state}: it ${leftOut ? 'went past' : 'passed'} ${state}\n\n${historyOf(session)}`,
    }
  }
  const differences = differencesOf(error, state, shape)
  if (differences.length > 0) {
    const but = `${differences.join('; ')}\n${error.message}\n${historyOf(session)}`
    throw otherFailure(this, session.name, `to fail in ${state}`, but, error)
  }
  return {
    pass: true,
    message: () => `expected ${session.name} not to fail in ${state}, and it did: ${error.message}`,
  }
}

/** In what a failure is another one than was asked about. */
function differencesOf(error: StateError, state: string, shape: FailureShape): string[] {
  const { errno, code, message } = shape
  const differences: string[] = []
  if (error.state !== state) differences.push(`it failed in ${error.state}`)
  if (errno !== undefined && error.errno !== errno) differences.push(`errno is ${error.errno}, not ${errno}`)
  if (code !== undefined && error.answer?.code !== code) {
    differences.push(`code is ${error.answer?.code}, not ${code}`)
  }
  const fits = typeof message === 'string' ? error.message.includes(message) : message?.test(error.message)
  if (fits === false) differences.push(`the message does not match ${message}`)
  // That somebody gave up is no failure of the state, unless it is what was asked about.
  const gaveUp = message === undefined && error.history.at(-1)?.outcome === 'aborted'
  if (gaveUp) differences.push('it was given up')
  return differences
}

interface StateOutcome {
  /** What a state failed with. */
  readonly error?: StateError
  /** Whether the workflow leads past the state. */
  readonly leftOut: boolean
}

async function outcomeOf(session: SessionBase, state: string): Promise<StateOutcome> {
  const { machine } = session
  try {
    await session.assertReach(state)
    return { leftOut: false }
  } catch (error) {
    if (error instanceof StateError) return { error, leftOut: false }
    if (machine.leftOut(state)) return { leftOut: true }
    throw error
  }
}
