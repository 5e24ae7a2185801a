import { answerOf } from './error-codes.ts'

/** Sends a statement and gives its rows. */
type Variables = (sql: string) => Promise<Record<string, unknown>[]>

// Zones that are UTC all the year.
const UTC = /^(?:[+-]00:00|(?:etc\/)?(?:utc|uct|zulu|universal|greenwich|gmt)|zulu)$/i

/**
 * Of each server whether a new session is in UTC already, by the key of its dial, as a gateway has a server for each
 * user. Answers only, no question under way: that may end with the dial that asked.
 */
const inUtc = new Map<string, boolean>()
let forgotten = 0

/**
 * Has every server asked again: another one may listen where one was stopped, and a statement may have changed the zone
 * of new sessions.
 */
export function forgetUtc(): void {
  forgotten += 1
  inUtc.clear()
}

/** The same; undefined if no answer came yet. */
export function knownUtc(server: string): boolean | undefined {
  return inUtc.get(server)
}

/** Whether a new session on a server is in UTC. */
export async function isUtc(server: string, ask: Variables): Promise<boolean> {
  const known = inUtc.get(server)
  if (known !== undefined) return known
  const before = forgotten
  const [row] = await ask('select @@global.time_zone as zone, @@system_time_zone as machine')
  const zone = String(row?.['zone'])
  const answer = UTC.test(zone.toUpperCase() === 'SYSTEM' ? String(row?.['machine']) : zone)
  if (before === forgotten) inUtc.set(server, answer)
  return answer
}

/** Sets a session of a user to UTC, which costs a round trip if the server is not in it. See docs/decisions/time-zone.md. */
export async function useUtc(server: string, ask: Variables): Promise<void> {
  if (!(await isUtc(server, ask))) await ask("set time_zone = '+00:00'")
}

const MODES = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO'
const COMMON = `autocommit = 1, sql_select_limit = 18446744073709551615, sql_mode = '${MODES}', time_zone = '+00:00'`
const OF_TIDB = "max_execution_time = 0, tidb_txn_mode = 'pessimistic', transaction_isolation = 'REPEATABLE-READ'"

/** Sets a session of our own to what our statements take for granted, whatever the server's global variables say. */
export async function useOwnVariables(ask: Variables): Promise<void> {
  try {
    await ask(`set ${COMMON}, ${OF_TIDB}`)
  } catch (error) {
    // A server that is not a TiDB has other variables.
    if (answerOf(error).errno !== UNKNOWN_VARIABLE) throw error
    await ask(`set ${COMMON}`)
  }
}

/** https://docs.pingcap.com/tidb/stable/error-codes/ : ER_UNKNOWN_SYSTEM_VARIABLE */
const UNKNOWN_VARIABLE = 1193
