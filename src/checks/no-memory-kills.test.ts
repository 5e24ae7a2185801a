import { expect, test } from 'vitest'
import { killed } from './no-memory-kills.ts'

// Rows as documented: https://docs.pingcap.com/tidb/stable/information-schema-memory-usage/
test('what was killed for want of memory is counted by node', () => {
  expect(
    killed([
      { instance: 'a:10080', kills: 0, last: null },
      { instance: 'b:10080', kills: 2, last: '2022-11-29 12:00:00' },
    ]),
  ).toEqual([
    {
      subject: { kind: 'node', name: 'tidb b:10080' },
      message: 'killed 2 statements for want of memory, last at 2022-11-29 12:00:00',
      observed: 2,
      limit: 0,
    },
  ])
})
