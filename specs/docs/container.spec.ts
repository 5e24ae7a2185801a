import { createConnection } from 'mysql2/promise'
import { vi } from 'vitest'
import { expect, test } from 'vitest-tidb'
import { TiDBContainer } from 'vitest-tidb/container'

// The reaper of testcontainers is an image of its own, which need not be on this machine.
vi.stubEnv('TESTCONTAINERS_RYUK_DISABLED', 'true')

// container {
test('a container by itself', { timeout: 60_000 }, async ({ tidbServer, skip }) => {
  skip(tidbServer.provider !== 'container', 'needs a Docker engine: TIDB_PROVIDER=container')
  await using container = await new TiDBContainer('pingcap/tidb:v8.5.6').withDatabase('shop').start()
  const connection = await createConnection(container.getConnectionUri())
  const [rows] = await connection.query('select database() as name')
  await connection.end()
  expect(rows).toEqual([{ name: 'shop' }])
})
// }
