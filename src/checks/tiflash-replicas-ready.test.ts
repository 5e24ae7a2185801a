import { expect, test } from 'vitest'
import { behind } from './tiflash-replicas-ready.ts'

// Rows as documented: https://docs.pingcap.com/tidb/stable/information-schema-tiflash-replica/
test('a replica that is not there yet, or fell behind, is found', () => {
  expect(
    behind([
      { name: 'shop.a', available: 1, progress: 1 },
      { name: 'shop.b', available: 0, progress: 0.25 },
      { name: 'shop.c', available: 1, progress: 0.999 },
    ]).map(({ subject, message }) => [subject.name, message]),
  ).toEqual([
    ['shop.b', 'its TiFlash replica is not available: 25% there'],
    ['shop.c', 'its TiFlash replica is behind: 99.9% there'],
  ])
})
