import { expect, test } from 'vitest'
import { notUp } from './stores-up.ts'

// Rows as documented: https://docs.pingcap.com/tidb/stable/information-schema-tikv-store-status/
test('stores that are down or disconnected are critical, those that leave are news', () => {
  const rows = ['Up', 'Disconnected', 'Down', 'Offline', 'Tombstone'].map((state, at) => ({
    address: `${'abcde'[at]}:20160`,
    state,
    heartbeat: '2026-11-28 05:08:19',
  }))
  expect(notUp(rows).map(({ subject, message, severity }) => [subject.name, message, severity])).toEqual([
    ['b:20160', 'is Disconnected, last heartbeat at 2026-11-28 05:08:19', undefined],
    ['c:20160', 'is Down, last heartbeat at 2026-11-28 05:08:19', undefined],
    ['d:20160', 'is Offline, last heartbeat at 2026-11-28 05:08:19', 'info'],
  ])
})
