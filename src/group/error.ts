import type { Secret } from '../config/secret.ts'
import { answerOf } from '../connection/error-codes.ts'
import { driverError } from '../connection/retry.ts'
import { hintsAt } from '../connection/started-servers.ts'
import { printable } from '../redact.ts'
import { CoordinationError, DeadlineError, firstLine, StatementError, TiDBError } from '../errors.ts'
import { GROUP_PREFIX } from './name.ts'

const FORBIDDEN = new Set([1044, 1142, 1227])

/** An error of the server or the driver as one that says what could not be done; others as they are. */
export function explain(error: unknown, what: string, host: string): unknown {
  const isOurs = error instanceof TiDBError && !(error instanceof StatementError || error instanceof DeadlineError)
  if (isOurs || !(error instanceof Error && 'code' in error)) return error
  const answer = error instanceof DeadlineError ? { message: error.message } : answerOf(driverError(error))
  const hints = FORBIDDEN.has(answer.errno ?? 0)
    ? [`grant the user CREATE, DROP and all on databases that begin with ${GROUP_PREFIX}`]
    : hintsAt(host, answer)
  return new CoordinationError(what, { host, answer, hints, cause: error })
}

/** The first line of an error, without passwords: what other parties are told. */
export function tellable(error: unknown, password: Secret): string {
  const line = firstLine(error)
  return printable(password.isEmpty ? line : line.replaceAll(password.reveal(), '***'))
}
