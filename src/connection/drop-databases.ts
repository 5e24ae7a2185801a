import type { TiDBConnection } from './connection.ts'
import { quoteName } from '../quote-name.ts'

/** Drops a database, if it is there. */
export async function dropDatabase(connection: TiDBConnection, name: string): Promise<void> {
  await connection.query(`drop database if exists ${quoteName(name)}`)
}

/**
 * Drops every database whose name begins with a prefix, by the server's own list of them.
 *
 * @param left holds the names of those that are still there, after a failure too.
 */
export async function dropDatabases(
  connection: TiDBConnection,
  prefix: string,
  left: Set<string> = new Set(),
): Promise<void> {
  const named = await connection.query<{ name: string }>(
    'select schema_name as name from information_schema.schemata where left(schema_name, ?) = ?',
    [prefix.length, prefix],
  )
  left.clear()
  for (const { name } of named) if (name.startsWith(prefix)) left.add(name)
  for (const name of [...left]) {
    await dropDatabase(connection, name)
    left.delete(name)
  }
}
