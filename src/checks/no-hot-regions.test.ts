import { expect, test } from 'vitest'
import { hotFor } from './no-hot-regions.ts'

// Rows as documented: https://docs.pingcap.com/tidb/stable/information-schema-tidb-hot-regions/
test('a table that stays hot is found, one that is hot for a moment is not', () => {
  const hot = { kind: 'write', place: 'shop.orders', regions: 2, degree: '17', bytes: '3145728' }
  expect(hotFor([hot, { ...hot, kind: 'read', degree: 10 }], 10)).toEqual([
    {
      subject: { kind: 'table', name: 'shop.orders' },
      message: '2 regions hot by write, for 17 minutes, with 3 MiB/s',
      observed: 17,
      limit: 10,
    },
  ])
})
