import { createConnection } from 'mysql2/promise'
import { expect, test } from 'vitest-tidb'
import { checks, runChecks, type Querier } from 'vitest-tidb/checks'
import { pairs, report, row } from './paired.ts'

const LIMIT = 0.6
const STATEMENTS_LIMIT = 40

test('all checks on a cluster of two', { timeout: 300_000 }, async ({ cluster, tidbPool }) => {
  const sent: { sql: string; values: readonly unknown[] }[] = []
  const [first, second, third] = ['one', 'two', 'three'].map((name): Querier => {
    const session = tidbPool.session(name, { node: cluster.nodes[0] })
    return {
      query: (sql, values, options) => {
        sent.push({ sql, values: values ?? [] })
        return session.query(sql, values, options)
      },
    }
  })
  if (first === undefined || second === undefined || third === undefined) throw new TypeError('three sessions')
  const ours = async () => {
    sent.length = 0
    await runChecks([first, second, third], checks)
  }
  await ours()
  const statements = [...sent]
  const { host = '', port = 0 } = cluster.nodes[0] ?? {}
  const bare = await createConnection({ host, port, user: 'root', supportBigNumbers: true })
  const oneByOne = async () => {
    for (const { sql, values } of statements) await bare.query({ sql, values: [...values], dateStrings: true })
  }
  const result = await pairs(ours, oneByOne, { rounds: 21, warmup: 3 })
  await bare.end()
  report('all checks, cluster of two', 'the same statements through mysql2, one by one', result, `≤ ${LIMIT}`)
  const each = statements.length / cluster.nodes.length
  row(['statements of all checks', '', '', '', '', `${statements.length}, ${each} a node`, `< ${STATEMENTS_LIMIT}`, ''])
  expect(result.ratio).toBeLessThanOrEqual(LIMIT)
  expect(each).toBeLessThan(STATEMENTS_LIMIT)
})
