import { expect, test } from 'vitest'
import { reading } from './statements-use-index.ts'

// Rows as documented: https://docs.pingcap.com/tidb/stable/statement-summary-tables/
test('a statement that reads more rows than the limit is found, with how often it did', () => {
  const statement = 'select * from `orders` where `note` = ?'
  const rows = [
    { digest: '0123456789abcdef0123', statement, runs: '12', keys: 250_000 },
    { digest: 'f', statement, runs: 3, keys: '10000' },
  ]
  expect(reading(rows, 10_000)).toEqual([
    {
      subject: { kind: 'statement', name: '0123456789abcdef' },
      message: `reads 250,000 keys of a whole table, 12 times: ${statement}`,
      observed: 250_000,
      limit: 10_000,
    },
  ])
})
