import { expect, test } from 'vitest'
import { uneven } from './leaders-balanced.ts'

// Rows as documented: https://docs.pingcap.com/tidb/stable/information-schema-tikv-store-status/
test('stores far from the mean are found, by their weight, and few leaders are no balance', () => {
  const store = (address: string, leaders: number, weight = 1) => ({ address, leaders, weight })
  expect(uneven([store('a', 1_000), store('b', 1_000), store('c', 400)], 0.3).map(({ message }) => message)).toEqual([
    'has 400 leaders by its weight, the mean is 800: 50% off',
  ])
  expect(uneven([store('a', 1_000), store('b', 2_000, 2)], 0.3)).toEqual([])
  expect(uneven([store('a', 10), store('b', 0)], 0.3)).toEqual([])
  expect(uneven([store('a', 1_000)], 0.3)).toEqual([])
})
