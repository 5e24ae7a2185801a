import { expect, test } from 'vitest'
import { unwell } from './peers-normal.ts'

// Rows as documented: https://docs.pingcap.com/tidb/stable/information-schema-tikv-region-peers/
test('peers that are down are critical, those that are behind a warning', () => {
  expect(
    unwell([
      { store: 4, status: 'DOWN', peers: '12', seconds: '3600' },
      { store: 5, status: 'PENDING', peers: 1, seconds: null },
    ]).map(({ subject, message, severity }) => [subject.name, message, severity]),
  ).toEqual([
    ['store 4', '12 peers down, for up to 1 h', 'critical'],
    ['store 5', '1 peer pending', 'warning'],
  ])
})
