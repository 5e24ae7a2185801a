import { createConnection } from 'mysql2/promise'
import { expect, test } from 'vitest-tidb'
import { pairs, report } from './paired.ts'

const LIMIT = 1

test.for([
  { connections: 1, rounds: 200 },
  { connections: 10, rounds: 60 },
  { connections: 100, rounds: 21 },
  { connections: 1000, rounds: 11 },
])(
  'the whole workflow over $connections connections',
  { timeout: 300_000 },
  async ({ connections, rounds }, { tidbPool, connectionOptions }) => {
    const { database = '', ...address } = connectionOptions
    const ours = async () => {
      await tidbPool.run(connections, (session) => session.completed(), { concurrency: connections })
    }
    // The statements that the states send, in their order, through the driver alone.
    const bare = async () => {
      await Promise.all(
        Array.from({ length: connections }, async (_, index) => {
          const connection = await createConnection({ ...address, database, supportBigNumbers: true })
          await connection.query('select ? as token, connection_id() as id', [`${process.pid}-${index}`])
          await connection.query('select database() as name')
          await connection.query('select version() as version, @@version_comment as comment')
          await connection.query('select tidb_version() as report')
          await connection.query({ sql: 'show import jobs', dateStrings: true })
          await connection.end()
        }),
      )
    }
    const result = await pairs(ours, bare, { rounds, warmup: 3 })
    report(`workflow, ${connections} connections`, 'the same statements through mysql2', result, `≤ ${LIMIT}`)
    expect(result.ratio).toBeLessThanOrEqual(LIMIT)
  },
)
