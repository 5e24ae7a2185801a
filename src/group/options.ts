import { defaults } from '../config/settings.ts'
import { deadlineMs, toMs, type Duration } from '../duration.ts'
import { ConfigError } from '../errors.ts'
import { checkParties } from '../coordination/arguments.ts'
import type { Expected } from '../coordination/expected.ts'
import { checkName } from './name.ts'
import { formatDuration } from '../number-format.ts'

/** How a party joins its group. */
export interface GroupOptions {
  /** Name of the group, such as the id of a CI run: those who give the same on one server meet. */
  readonly group: string
  /** Name of this party, its own within the group. */
  readonly name: string
  /** Of whom the group is: how many, or their names. Default: what another party of it says. */
  readonly parties?: Expected | undefined
  /** After how long without a heartbeat this party is declared dead. Default 10 s, at least 500 ms. */
  readonly lease?: Duration | undefined
  /** Deadline of a wait that gives none. Default 4 s. */
  readonly within?: Duration | undefined
  /** Gives up joining, and every wait. */
  readonly signal?: AbortSignal | undefined
}

/** The same, validated, in ms. */
export interface CheckedOptions {
  readonly group: string
  readonly name: string
  readonly parties: Expected | undefined
  readonly leaseMs: number
  readonly withinMs: number
  readonly signal: AbortSignal | undefined
}

const LEASE_MS = 10_000
const LEAST_LEASE_MS = 500

/** @throws {ConfigError} that names the option, what it held and what is allowed. */
export function checkOptions(options: GroupOptions): CheckedOptions {
  const { group, name, parties, lease = LEASE_MS, within = defaults.waitTimeoutMs, signal } = options
  checkName('group', group)
  checkName('name', name)
  const leaseMs = toMs(lease, 'lease')
  if (leaseMs < LEAST_LEASE_MS) {
    throw new ConfigError(['lease'], `lease is ${JSON.stringify(lease)}`, {
      hints: [`give at least ${formatDuration(LEAST_LEASE_MS)}: a party sends three heartbeats in each lease`],
    })
  }
  return {
    group,
    name,
    parties: parties === undefined ? undefined : checkExpected(parties),
    leaseMs,
    withinMs: deadlineMs(within),
    signal,
  }
}

/** @throws {ConfigError} as `checkParties`, and for names that the tables do not take. */
export function checkExpected(parties: Expected): Expected {
  if (typeof parties !== 'number') for (const party of parties) checkName('parties', party)
  return checkParties(parties)
}
