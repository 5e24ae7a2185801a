import { expect, test } from 'vitest'
import { differences } from './versions-alike.ts'

// TiProxy and TiCDC can't be had here: https://docs.pingcap.com/tidb/stable/information-schema-cluster-info/
test('what is released apart has versions of its own, and is compared with its own kind', () => {
  const nodes = [
    ['tidb', '8.5.6', 'x'],
    ['tiproxy', '1.3.0', 'p'],
    ['tikv', '8.5.6', 'k'],
    ['ticdc', '8.5.6', 'c'],
    ['tiproxy', '1.3.0', 'p'],
    ['tiproxy', '1.2.0', 'q'],
    ['tikv', '', ''],
  ].map(([type = '', version = '', hash = ''], at) => ({
    type,
    version,
    hash,
    instance: `${'abcdefg'[at]}:4000`,
    uptimeMs: undefined,
  }))
  expect(differences(nodes)).toEqual([
    {
      subject: { kind: 'node', name: 'tiproxy f:4000' },
      message: 'version 1.2.0 differs from 1.3.0, which most nodes of tiproxy have',
      observed: '1.2.0',
      limit: '1.3.0',
    },
    expect.objectContaining({ message: 'hash q differs from p, which most nodes of tiproxy have' }),
  ])
})
