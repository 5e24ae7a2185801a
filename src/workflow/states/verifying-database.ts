import type { TiDBConnection } from '../../connection/connection.ts'
import { quoteName } from '../../quote-name.ts'
import { StatementError, WorkflowError } from '../../errors.ts'
import { defineState } from '../define-state.ts'

export interface VerifyingDatabaseResult {
  /** The database now in use; undefined if none was asked for. */
  readonly database: string | undefined
}

// https://docs.pingcap.com/tidb/stable/error-codes/ : ER_DBACCESS_DENIED_ERROR and ER_BAD_DB_ERROR
const FORBIDDEN = 1044
const MISSING = 1049

/** VerifyingDatabase: the configured database exists, this user may use it, and it is in use from here on. */
export const verifyingDatabase = defineState({
  name: 'VerifyingDatabase',
  needs: ['Connecting'],
  finding: ({ database }: VerifyingDatabaseResult) => database ?? 'none was requested',
  async run({ connection, config }): Promise<VerifyingDatabaseResult> {
    const { database } = config
    if (database === undefined) return { database }
    // Most often it is in use already, as it was asked for with the dial.
    if (isSame(await inUse(connection), database)) return { database }
    try {
      await connection.query(`use ${quoteName(database)}`)
    } catch (error) {
      throw explain(error, database, config.user)
    }
    const name = await inUse(connection)
    if (!isSame(name, database)) {
      throw new WorkflowError(`the database in use is ${JSON.stringify(name)}, not ${database}`)
    }
    return { database }
  },
})

async function inUse(connection: TiDBConnection): Promise<string | null | undefined> {
  const [row] = await connection.query<{ name: string | null }>('select database() as name')
  return row?.name
}

function isSame(name: string | null | undefined, database: string): boolean {
  return name?.toLowerCase() === database.toLowerCase()
}

function explain(error: unknown, database: string, user: string): unknown {
  if (!(error instanceof StatementError)) return error
  const { answer, hints, cause } = error
  if (error.errno === MISSING) {
    return new WorkflowError(`there is no database ${database}`, { answer, hints, cause })
  }
  if (error.errno === FORBIDDEN) {
    // TiDB answers the same for a database that is not there, to users who could not see it if it were.
    return new WorkflowError(`${user} may not use the database ${database}, if it exists`, { answer, hints, cause })
  }
  return error
}
