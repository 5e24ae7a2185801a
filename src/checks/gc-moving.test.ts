import { expect, test } from 'vitest'
import { standstill } from './gc-moving.ts'

// Rows as documented: https://docs.pingcap.com/tidb/stable/garbage-collection-overview/
test('a safe point that is held back is found, by the clock of the server', () => {
  const variables = (point: string, more: Record<string, string> = {}) =>
    new Map(Object.entries({ enabled: '1', life: '10m0s', now: '1795842000.5', tikv_gc_safe_point: point, ...more }))
  // Now is 2026-11-28 05:00:00.5 UTC.
  expect(standstill(variables('20261128-04:40:00.133 +0000'), 3_600_000)).toEqual([])
  expect(standstill(variables('20261128-05:40:00.133 +0100'), 0).map(({ message }) => message)).toEqual([
    'its safe point 20261128-05:40:00.133 +0100 is 20 min old, and no transaction is as old: a service safe point holds it back, or it does not run',
  ])
  expect(standstill(variables('20261127-04:40:00 +0000'), 3_600_000)).toMatchObject([{ limit: 4_200_000 }])
  expect(standstill(variables(''), 0)).toEqual([])
  expect(standstill(variables('', { enabled: 'OFF' }), 0)).toHaveLength(1)
  const holder = { instance: '10.0.0.7:10080', session: '42', user: 'app', begin: '1795840800133' }
  expect(standstill(variables('20261128-04:40:00.133 +0000'), 0, holder)[0]?.message).toContain(
    'held back by the transaction of session 42 of app on 10.0.0.7:10080',
  )
  const later = { ...holder, begin: '1795840999000' }
  expect(standstill(variables('20261128-04:40:00.133 +0000'), 0, later)[0]?.message).toContain('a service safe point')
})
