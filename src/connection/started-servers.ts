import type { ServerAnswer } from '../errors.ts'
import { forgetFailures } from './breaker.ts'
import { hintsFor, permanence } from './error-codes.ts'
import { forgetUtc } from './session-variables.ts'

/** What became of a connection to a server: `refused` and `silent` of a dial, `cut` of one that was open. */
export type Loss = 'refused' | 'silent' | 'cut'

/** By host and port: what to say of a server that this run started, when a connection to it is lost. */
const accounts = new Map<string, (loss: Loss) => string>()

/** Has errors of connections to a server of this run say so, and what became of it. */
export function noteStarted(place: string, account: (loss: Loss) => string): void {
  accounts.set(place, account)
  // What is known of the one that was there before is not true of it.
  forgetFailures(place)
  forgetUtc()
}

/** What to try next, by the server's answer and, if this run started it, by what became of it. Otherwise as `hintsFor`. */
export function hintsAt(place: string | undefined, answer: ServerAnswer, encrypted?: boolean): string[] {
  const account = place === undefined ? undefined : accounts.get(place)
  if (account === undefined || permanence(answer) !== 'lost') return hintsFor(answer, encrypted)
  return [account(answer.code === 'ECONNREFUSED' ? 'refused' : 'cut')]
}

/** The same when something takes the connection and does not greet. */
export function hintsOfSilence(place: string): string[] {
  const account = accounts.get(place)
  if (account !== undefined) return [account('silent')]
  return ['something accepts connections there, but sends no greeting: check that the port is that of a TiDB']
}
