import { AbortedError, CheckError, ConfigError, DeadlineError, firstLine, TiDBError, type Silence } from '../errors.ts'
import { permanence } from '../connection/error-codes.ts'

// No such table, column, variable or function: an older release.
const NOT_THERE = new Set([1054, 1109, 1146, 1193, 1305])
const NO_RIGHT = new Set([1044, 1045, 1141, 1142, 1143, 1227, 8121])
/** What servers say that have no PD: https://docs.pingcap.com/tidb/stable/information-schema-tikv-store-status/ */
const NO_PD = /pd http client unavailable|pd unavailable/i

/** What a check was stopped by, as an error that says so; what a caller did wrong stays as it is. */
export function whyNotHere(check: string, error: unknown): TiDBError {
  if (error instanceof CheckError || error instanceof ConfigError || error instanceof AbortedError) return error
  const { silence, reason } = explain(error)
  return new CheckError(check, reason, { cause: error, silence })
}

function explain(error: unknown): { readonly silence: Silence; readonly reason: string } {
  const said = firstLine(error)
  const saysNothing = (silence: Silence, why?: string) => ({
    silence,
    reason: silence === 'failed' ? `it failed: ${said}` : `not available here, because ${why}`,
  })
  if (error instanceof DeadlineError) return saysNothing('not-available', `it took too long: ${said}`)
  if (!(error instanceof TiDBError) || error.answer === undefined) return saysNothing('failed')
  const { errno, message } = error.answer
  const server = errno === undefined ? message : `${message} (${errno})`
  if (NO_PD.test(message)) return saysNothing('not-applicable', `this server has no PD: ${server}`)
  if (errno !== undefined && NOT_THERE.has(errno)) {
    return saysNothing('not-applicable', `this release has no such thing: ${server}`)
  }
  if (errno !== undefined && NO_RIGHT.has(errno)) {
    return saysNothing('not-available', `this user may not read it: ${server}`)
  }
  if (errno === 1105 || permanence(error.answer) !== 'permanent') {
    return saysNothing('not-available', `the server said: ${server}`)
  }
  return saysNothing('failed')
}
