import { beforeEach, describe } from 'vitest'
import { expect, requires, test } from 'vitest-tidb'

// requires {
test('a global variable is set', async ({ requires: needs, tidb }) => {
  await needs({ version: '>=8.5', privilege: 'SUPER' })
  await tidb.query('set global tidb_gc_concurrency = @@global.tidb_gc_concurrency')
})

describe('columns', () => {
  beforeEach(requires({ tiflash: true, storage: 'tikv' }))

  test('an aggregate is read from TiFlash', async ({ tidb }) => {
    expect(await tidb.query('select count(*) as replicas from information_schema.tiflash_replica')).toHaveLength(1)
  })
})
// }
