import { randomBytes } from 'node:crypto'
import type { Address } from '../connection/connection.ts'
import { hostPort } from '../host-port.ts'
import { quoteName } from '../quote-name.ts'
import { CoordinationError, StatementError } from '../errors.ts'
import type { Ask } from '../connection/ask.ts'
import { GroupConnection } from './connection.ts'
import { bury, countLiving, sweep } from './death.ts'
import { explain } from './error.ts'
import { Membership } from './membership.ts'
import { groupDatabase } from './name.ts'
import { checkOptions, type CheckedOptions, type GroupOptions } from './options.ts'
import { describeExpected, sameExpected, sizeOf } from '../coordination/expected.ts'
import { readRoster, type Roster } from './roster.ts'
import { createGroup } from './tables.ts'

/** What a party is written down with. */
interface Applicant extends CheckedOptions {
  /** What the server knows its session by. */
  readonly token: string
  /** Whose sessions can see it; undefined if nobody can. */
  readonly account: string | undefined
}

/**
 * Joins a group, which is made if nobody lives in it, and drops those of the server in which nobody does.
 *
 * @throws as TiDBCoordinator.join.
 */
export async function join(address: Address, given: GroupOptions): Promise<Membership> {
  const options = checkOptions(given)
  const { group, name, signal } = options
  const token = `vitest-tidb-${randomBytes(8).toString('hex')}`
  const opened: GroupConnection[] = []
  const open = async () => {
    const connection = await GroupConnection.open(address, `${name} of group ${JSON.stringify(group)}`, signal)
    opened.push(connection)
    return connection
  }
  try {
    const connection = await open()
    const pulse = await open()
    const account = await becomeVisible(pulse, token)
    const inbox = await enter(connection, { ...options, token, account })
    await pulse.ask(`use ${quoteName(groupDatabase(group))}`)
    // What others left behind is no reason to stay away.
    await sweep(connection, group).catch(() => undefined)
    return new Membership({ address, options, token, connection, pulse, inbox })
  } catch (error) {
    await Promise.all(opened.map((connection) => connection.close()))
    throw explain(error, `${name} could not join group ${JSON.stringify(group)}`, hostPort(address.host, address.port))
  }
}

/**
 * Gives a session a name that other sessions find it by in the server's list.
 *
 * @returns the account whose sessions can see it; undefined if the server has no such list, or shows it to nobody.
 */
async function becomeVisible(connection: GroupConnection, token: string): Promise<string | undefined> {
  try {
    await connection.ask('set session tidb_session_alias = ?', [token])
    const [seen] = await connection.ask<{ account: string }>(
      'select current_user() as account from information_schema.cluster_processlist where session_alias = ?',
      [token],
    )
    return seen?.account
  } catch (error) {
    if (error instanceof StatementError && !connection.closed) return undefined
    throw error
  }
}

/**
 * Writes a party down in its group, which is made if nobody lives in it.
 *
 * @returns how many messages were sent to one of that name before it.
 * @throws {CoordinationError} if the group has no place for it.
 */
async function enter(connection: GroupConnection, applicant: Applicant): Promise<number> {
  const { group, name, parties, token } = applicant
  const database = groupDatabase(group)
  await bury(connection, database)
  const { inbox } = await connection.locked(database, async (ask) => {
    const living = await countLiving(ask, database)
    if (living === undefined || living === 0) await createGroup(ask, database)
    else await ask(`use ${quoteName(database)}`)
    const roster = await readRoster(ask)
    const before = roster.get(name)
    if (before?.token !== token) {
      refuse(roster, applicant)
      if (before !== undefined) await forget(ask, name)
      await write(ask, applicant, Math.max(0, ...roster.joined.map(({ number }) => Number(number))))
    }
    const others = typeof parties === 'object' ? parties.filter((other) => other !== name) : []
    for (const other of others) await ask(`insert ignore into party (name, state) values (?, 'expected')`, [other])
    // One that takes the place of a dead one does not get its messages, of which it may have had some.
    return { inbox: before === undefined || before.number === null ? 0 : before.inbox }
  })
  return inbox
}

async function write(ask: Ask, applicant: Applicant, last: number): Promise<void> {
  const { name, parties, token, account, leaseMs } = applicant
  await ask(
    `insert into party (name, number, token, account, state, parties, joined_at, expires_at)
     values (?, ?, ?, ?, 'in', ?, utc_timestamp(6), utc_timestamp(6) + interval ? microsecond)
     on duplicate key update number = values(number), token = values(token), account = values(account), state = 'in',
       why = null, doing = null, doing_since = null, ended_at = null, parties = coalesce(values(parties), parties),
       joined_at = values(joined_at), expires_at = values(expires_at)`,
    [name, last + 1, token, account, parties && JSON.stringify(parties), leaseMs * 1_000],
  )
}

/** Takes away what one of that name had begun and not ended. */
async function forget(ask: Ask, name: string): Promise<void> {
  await ask(
    `delete arrival from arrival join barrier on barrier.name = arrival.barrier
     where arrival.party = ? and arrival.meeting > barrier.opened`,
    [name],
  )
  await ask(`delete from turn where party = ? and state <> 'done'`, [name])
}

function refuse(roster: Roster, { group, name, parties }: Applicant): void {
  const place = `group ${JSON.stringify(group)}`
  const { agreed, living } = roster
  if (living.some((party) => party.name === name)) {
    throw new CoordinationError(`${name} is already in ${place}: ${roster.describe([name])}`, {
      hints: ['give each party its own name', 'a party that died frees its name when its lease expires'],
    })
  }
  if (parties !== undefined && agreed !== undefined && !sameExpected(parties, agreed)) {
    throw new CoordinationError(
      `${place} is for ${describeExpected(agreed)} according to its parties, and for ${describeExpected(parties)} according to ${name}`,
      { hints: ['give every party of one group the same `parties`'] },
    )
  }
  const whole = parties ?? agreed
  if (whole === undefined) return
  const names = [...new Set([...roster.joined.map((party) => party.name), name])]
  const strangers = typeof whole === 'number' ? [] : names.filter((other) => !whole.includes(other))
  if (strangers.length === 0 && names.length <= sizeOf(whole)) return
  throw new CoordinationError(
    `${name} can't join ${place}, which is for ${describeExpected(whole)}: ${roster.describe(names)}`,
    { hints: ['count it in `parties`, or give it the name of one that has ended'] },
  )
}
