import { createConnection } from 'mysql2/promise'
import { expect, test } from 'vitest-tidb'
import { pairs, report } from './paired.ts'

const LIMIT = 1.1

// Ten statements that an application might send, each session on rows of its own.
const work = (query: (sql: string) => Promise<unknown>, id: number) => async () => {
  for (let round = 0; round < 2; round += 1) {
    await query('begin')
    await query(`insert into orders values (${id}, 1) on duplicate key update total = total + 1`)
    await query(`select total from orders where id = ${id}`)
    await query(`update orders set total = total + 1 where id = ${id}`)
    await query('commit')
  }
}

test.for([
  { sessions: 1, rounds: 200 },
  { sessions: 10, rounds: 60 },
  { sessions: 100, rounds: 21 },
  { sessions: 1000, rounds: 7 },
])(
  'ten statements and two barriers in each of $sessions sessions',
  { timeout: 600_000 },
  async ({ sessions, rounds }, { tidb, tidbPool, connectionOptions }) => {
    await tidb.query('create table orders (id int primary key, total int)')
    const ours = async () => {
      await tidbPool.run(
        sessions,
        async (session, coordinator) => {
          const half = work((sql) => session.query(sql), coordinator.index)
          await session.connecting()
          await coordinator.barrier('begin', { within: '1m' })
          await half()
          await coordinator.barrier('end', { within: '1m' })
        },
        { concurrency: sessions },
      )
    }
    const bare = async () => {
      await Promise.all(
        Array.from({ length: sessions }, async (_, index) => {
          const connection = await createConnection({ ...connectionOptions, supportBigNumbers: true })
          await work((sql) => connection.query(sql), index)()
          await connection.end()
        }),
      )
    }
    const result = await pairs(ours, bare, { rounds, warmup: 2 })
    report(`ten statements, two barriers, ${sessions} sessions`, 'bare mysql2 without barriers', result, `≤ ${LIMIT}`)
    expect(result.ratio).toBeLessThanOrEqual(LIMIT)
  },
)
