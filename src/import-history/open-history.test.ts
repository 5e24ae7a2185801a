import { expect, test } from 'vitest'
import { Secret } from '../config/secret.ts'
import { ConfigError } from '../errors.ts'
import { openHistory } from './open-history.ts'

const url = (text: string) => ({ importHistoryUrl: new Secret(text) })

test('nothing is kept when neither is set', () => {
  expect(openHistory({})).toBeUndefined()
})

test('the folder is taken, and the table before it', () => {
  const importHistoryDir = '/var/history'
  expect(openHistory({ importHistoryDir })?.describe()).toBe('the folder /var/history')
  const both = openHistory({ importHistoryDir, ...url('tidb://ops:hunter2@db.example/metrics?tls=true') })
  expect(both?.describe()).toBe('the table `metrics`.import_history at db.example:4000')
})

test.for(['tidb://ops:hunter2@db.example', 'tidb://ops:hunter2@db.example/', 'hunter2', 'http://ops:hunter2@x/y'])(
  'a URL that can not be used is refused without being shown: %s',
  (text) => {
    const open = () => openHistory(url(text))
    expect(open).toThrow(ConfigError)
    expect(open).toThrow(/^TIDB_IMPORT_HISTORY_URL .*not shown.*\n {2}try: write mysql:/)
    expect(open).not.toThrow(/hunter2/)
  },
)
