import type { TiDBConnection } from './connection.ts'
import { quoteName } from './name.ts'

/** Drops every database whose name begins with a prefix, by the server's own list of them. */
export async function dropDatabases(connection: TiDBConnection, prefix: string): Promise<void> {
  const named = await connection.query<{ name: string }>(
    'select schema_name as name from information_schema.schemata where left(schema_name, ?) = ?',
    [prefix.length, prefix],
  )
  for (const { name } of named) {
    if (name.startsWith(prefix)) await connection.query(`drop database if exists ${quoteName(name)}`)
  }
}
