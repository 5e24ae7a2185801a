import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TiDBConnection, type Address } from '../connection/connection.ts'
import { GlobalPrivileges } from '../connection/grants.ts'
import { describeReason, TiDBError } from '../errors.ts'
import { withLock } from '../server/lock.ts'
import { writeWhole } from '../write-whole.ts'

/** Something that was asked of a server: what it answered, or why it refused to. */
export type Answer<T> = { readonly is: T } | { readonly unknown: string }

/** A server's own account of what it has, as plain data. */
export interface Abilities {
  /** Parts of the cluster by their kind: `['tidb', 'tidb', 'tikv']`. */
  readonly parts: Answer<readonly string[]>
  readonly privileges: Answer<Privileges>
}

export interface Privileges {
  /** Lines of SHOW GRANTS. */
  readonly grants: readonly string[]
  /** Every privilege that the server knows, as it prints them: dynamic ones in capitals. */
  readonly known: readonly string[]
  /** Whether security enhanced mode is on, in which SUPER is less. */
  readonly enhancedSecurity: boolean
}

/** Asks a server what it has. @throws if it can't be reached: what it refuses to tell is in the answer. */
async function ask(address: Address): Promise<Abilities> {
  await using connection = await TiDBConnection.open(address, { name: 'what the server can do' })
  const within = address.stateTimeoutMs
  const rows = async (sql: string) => {
    const answer = await connection.query<Record<string, string>>(sql, [], { ...(within !== undefined && { within }) })
    return answer.map((row) => String(Object.values(row)[0]))
  }
  return {
    parts: await answered(() => rows('select type from information_schema.cluster_info')),
    privileges: await answered(async () => ({
      grants: await rows('show grants'),
      known: await rows('show privileges'),
      enhancedSecurity: (await rows('select @@tidb_enable_enhanced_security'))[0] === '1',
    })),
  }
}

async function answered<T>(question: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { is: await question() }
  } catch (error) {
    // A refusal of the server holds for every worker; that a connection was lost does not.
    if (!(error instanceof TiDBError) || error.errno === undefined) throw error
    return { unknown: describeReason(error) }
  }
}

/** What the run's user may do, by name. */
export function heldBy({ grants, enhancedSecurity }: Privileges): GlobalPrivileges {
  return new GlobalPrivileges(grants, { enhancedSecurity })
}

/**
 * What the server of a run has: asked once, by whichever worker needs it first, and read by the others from a file in the
 * folder of the run.
 */
export async function abilitiesOf(address: Address, folder: string, signal: AbortSignal): Promise<Abilities> {
  const file = join(folder, 'abilities.json')
  const known = readAbilities(file)
  if (known !== undefined) return known
  const lock = {
    withinMs: 2 * (address.stateTimeoutMs ?? 10_000),
    waitedFor: 'another worker to ask what the server can do',
  }
  return withLock(file, { ...lock, signal }, async () => {
    const meanwhile = readAbilities(file)
    if (meanwhile !== undefined) return meanwhile
    const abilities = await ask(address)
    writeWhole(file, JSON.stringify(abilities), 0o600)
    return abilities
  })
}

function readAbilities(file: string): Abilities | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Abilities
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
