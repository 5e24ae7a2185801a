// own-connection {
import { createConnection } from 'mysql2/promise'
import { expect, test as base } from 'vitest-tidb'

const test = base.extend('connection', async ({ connectionOptions }, { onCleanup }) => {
  const connection = await createConnection(connectionOptions)
  onCleanup(() => connection.end())
  return connection
})

test('an order is stored', async ({ connection }) => {
  await connection.query('create table orders (id int primary key, total decimal(10, 2))')
  await connection.query("insert into orders values (1, '9.90')")
  const [rows] = await connection.query('select * from orders')
  expect(rows).toEqual([{ id: 1, total: '9.90' }])
})
// }
