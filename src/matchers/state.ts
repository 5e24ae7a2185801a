import { StateError } from '../errors.ts'
import { formatTransition } from '../transition.ts'
import { SessionBase } from '../workflow/session.ts'

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

/** `await expect(tidb).toReach('Completed')` */
export async function toReach(received: unknown, state: string) {
  const session = sessionOf(received, 'toReach')
  const error = await outcomeOf(session, state)
  return {
    pass: error === undefined,
    message: () =>
      error === undefined
        ? `expected ${session.name} not to reach ${state}, and it did\n${historyOf(session)}`
        : `expected ${session.name} to reach ${state}\n${error.message}\n${historyOf(session)}`,
  }
}

/** `await expect(session).toFailIn('Connecting', { errno: 1045 })` */
export async function toFailIn(received: unknown, state: string, shape: FailureShape = {}) {
  const session = sessionOf(received, 'toFailIn')
  const error = await outcomeOf(session, state)
  const differences: string[] = []
  if (error === undefined) differences.push(`it passed ${state}`)
  else {
    const { errno, code, message } = shape
    if (error.state !== state) differences.push(`it failed in ${error.state}`)
    if (errno !== undefined && error.errno !== errno) differences.push(`errno is ${error.errno}, not ${errno}`)
    if (code !== undefined && error.answer?.code !== code) {
      differences.push(`code is ${error.answer?.code}, not ${code}`)
    }
    const fits = typeof message === 'string' ? error.message.includes(message) : message?.test(error.message)
    if (fits === false) differences.push(`the message does not fit ${message}`)
  }
  return {
    pass: differences.length === 0,
    message: () =>
      differences.length === 0
        ? `expected ${session.name} not to fail in ${state}, and it did: ${error?.message}`
        : `expected ${session.name} to fail in ${state}: ${differences.join('; ')}\n${error?.message ?? ''}\n${historyOf(session)}`,
  }
}

async function outcomeOf(session: SessionBase, state: string): Promise<StateError | undefined> {
  try {
    // The matcher itself is what has to be awaited, not this step.
    await session.machine.reach(state)
    return undefined
  } catch (error) {
    if (error instanceof StateError) return error
    throw error
  }
}
