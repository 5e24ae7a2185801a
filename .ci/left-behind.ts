// Prints the databases of vitest-tidb that are still on the configured host: none may be, after a run.
import { loadConfig } from '../src/config/config.ts'
import { TiDBConnection } from '../src/connection/connection.ts'

const { config } = loadConfig()
await using connection = await TiDBConnection.open({ ...config, host: config.host ?? '127.0.0.1' })
const rows = await connection.query<{ name: string }>(
  "select schema_name as name from information_schema.schemata where left(schema_name, 12) = 'vitest_tidb_'",
)
for (const { name } of rows) console.log(name)
