import type { Address } from '../connection/connection.ts'
import { TextConnection } from '../connection/text-connection.ts'
import { DeadlineError } from '../errors.ts'
import { quoteName } from '../quote-name.ts'
import { ask, makeDatabase, type SqlPlace } from './place.ts'
import type { ProvidedSqlFiles } from './provided.ts'
import type { SqlScript } from './script.ts'
import { SqlFileError } from './sql-file-error.ts'

/** The file whose turn is asked for. */
interface Turn {
  readonly file: string
  readonly script: SqlScript
  readonly database: string
  readonly signal: AbortSignal
}

/** A lock of the server that files take turns by, whatever machine they run on. */
const LOCK = 'vitest-tidb sql files'

/**
 * Waits for the turn of a file on a server that others use too: one file at a time, and of what it leaves only databases go
 * that it made itself.
 *
 * @throws {SqlFileError} if it changes more than databases, or if a database of its name is there already.
 */
export async function takeTurn(
  address: Address,
  provided: ProvidedSqlFiles,
  { file, script, database, signal }: Turn,
): Promise<SqlPlace> {
  const [global] = script.global
  if (global !== undefined && !provided.allowGlobal) {
    throw new SqlFileError({ file, line: global.line }, `this changes more than databases of its own: ${global.name}`, {
      hints: [
        'run the file on servers of the run’s own: TIDB_PROVIDER=binary or container',
        'or allow it with sqlFiles: { allowGlobal: true }, if nobody else uses that server',
      ],
    })
  }
  const control = await TextConnection.open(address, { name: 'sql file', signal })
  try {
    const seconds = Math.ceil(provided.serverWithinMs / 1_000)
    const [locked] = await ask(control, `select get_lock('${LOCK}', ${seconds})`, provided.serverWithinMs)
    if (locked !== '1')
      throw new DeadlineError('the turn of a file of SQL', provided.serverWithinMs, { host: control.host })
    const before = new Set(await ask(control, 'show databases'))
    if (before.has(database)) {
      throw new SqlFileError({ file, line: 1 }, `the database ${database} is there already`, {
        host: control.host,
        hints: [`drop it, if nobody needs it, or rename the file: its database is named after it`],
      })
    }
    return {
      address,
      newCollation: await makeDatabase(control, database),
      async leave() {
        const own = new Set([database, ...script.databases].map((name) => name.toLowerCase()))
        for (const name of await ask(control, 'show databases')) {
          if (name && !before.has(name) && own.has(name.toLowerCase()))
            await ask(control, `drop database ${quoteName(name)}`)
        }
        // The lock goes with the connection.
        await control.close()
      },
    }
  } catch (error) {
    control.destroy()
    throw error
  }
}
