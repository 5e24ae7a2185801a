import { expect, test } from 'vitest'
import { targetOf } from './row-lockers.ts'

test.for([
  ['update t set v = v + 1 where id = 1', 't', 'where id = 1'],
  ['UPDATE `odd name`.t SET v = 1', '`odd name`.t', ''],
  ['delete from shop.orders where total > 5 limit 3', 'shop.orders', 'where total > 5 limit 3'],
  ['select * from t where id in (1, 2) for update', 't', 'where id in (1, 2)'],
  ['select v from t for update nowait', 't', ''],
] as const)('%s is about rows of one table', ([sql, table, rest]) => {
  expect(targetOf(sql)).toEqual({ table, rest })
})

test.for([
  'insert into t values (1)',
  'select * from t where id = 1',
  'select * from a join b on a.id = b.id for update',
  'select * from a, b for update',
  'delete from t as x where id = 1',
  'commit',
])('%s is not', (sql) => {
  expect(targetOf(sql)).toBeUndefined()
})
