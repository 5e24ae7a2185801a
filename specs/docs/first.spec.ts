// first {
import { expect, test } from 'vitest-tidb'

test('the server answers, and is recent', async ({ tidb }) => {
  const { version } = await tidb.gettingVersion()
  expect(version).toBeAtLeast('8.5.0')
})

test('an order is stored', async ({ tidb }) => {
  await tidb.query('create table orders (id int primary key, total decimal(10, 2))')
  await tidb.query('insert into orders values (?, ?)', [1, '9.90'])
  expect(await tidb.query('select * from orders')).toEqual([{ id: 1, total: '9.90' }])
})
// }
