import { delay } from '../clock.ts'
import { quoteName } from '../quote-name.ts'
import { StatementError } from '../errors.ts'
import type { Ask } from '../connection/ask.ts'
import type { GroupConnection } from './connection.ts'
import { groupDatabase, GROUP_PREFIX } from './name.ts'
import { dropGroup, ifGroup } from './tables.ts'

const LOOK_AGAIN_MS = 50
/** TiDB waits for a lock for 1 s at least. */
const SWEEP_SECONDS = 1
/** A server if more groups than this were left behind is swept by several parties. */
const SWEPT_AT_ONCE = 20

/**
 * Writes down whose session has ended, so that all see the same. A lease that ran out need not be written down: nobody
 * can renew it.
 */
export async function bury(connection: GroupConnection, database: string): Promise<void> {
  await ifGroup(connection.ask, database, async () => {
    const missed = await findMissing(connection, database)
    if (missed.length === 0) return
    // If servers of a cluster read the list one after the other, a session that moves between them is missed once.
    await delay(LOOK_AGAIN_MS)
    const again = await findMissing(connection, database)
    for (const token of missed.filter((one) => again.includes(one))) {
      await connection.ask(
        `update ${quoteName(database)}.party
         set state = 'died', why = 'its connection to the server ended', ended_at = utc_timestamp(6)
         where token = ? and state = 'in'`,
        [token],
      )
    }
  })
}

/** Those whose session is not among those of the server. */
async function findMissing(connection: GroupConnection, database: string): Promise<string[]> {
  return connection.alone(async (ask) => {
    try {
      const missing = await ask<{ token: string }>(
        `select p.token from ${quoteName(database)}.party p
         left join information_schema.cluster_processlist s on s.session_alias = p.token
         where p.state = 'in' and p.account = current_user() and s.id is null`,
      )
      // A server of the cluster that does not answer makes a warning, and its sessions are missing from the list.
      const doubt = missing.length > 0 && (await ask('show warnings')).length > 0
      return doubt ? [] : missing.map(({ token }) => token)
    } catch (error) {
      // Of a list that can't be read, nobody is missing.
      if (error instanceof StatementError && !connection.closed) return []
      throw error
    }
  })
}

/** How many parties of a group live; undefined if it has no tables. */
export async function countLiving(ask: Ask, database: string): Promise<number | undefined> {
  const living = `select count(*) as n from ${quoteName(database)}.party
    where state = 'in' and expires_at >= utc_timestamp(6)`
  const counted = await ifGroup(ask, database, () => ask<{ n: number }>(living))
  return counted?.[0]?.n
}

/** Drops a group that nobody lives in. */
export async function dropIfDead(connection: GroupConnection, database: string, seconds: number): Promise<void> {
  const living = await countLiving(connection.ask, database)
  if (living !== undefined && living > 0) return
  await connection.tryLocked(database, seconds, async (ask) => {
    // Somebody may have come meanwhile.
    if (((await countLiving(ask, database)) ?? 0) === 0) await dropGroup(ask, database)
    return true
  })
}

/** Drops the groups of a server whose parties have all died: nobody else is left to do so. */
export async function sweep(connection: GroupConnection, own: string): Promise<void> {
  const groups = await connection.ask<{ name: string }>(
    `select schema_name as name from information_schema.schemata
     where left(schema_name, ?) = ? and schema_name <> ? order by rand() limit ?`,
    [GROUP_PREFIX.length, GROUP_PREFIX, groupDatabase(own), SWEPT_AT_ONCE],
  )
  for (const { name } of groups) {
    await bury(connection, name)
    await dropIfDead(connection, name, SWEEP_SECONDS)
  }
}
