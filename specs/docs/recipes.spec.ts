import { createConnection } from 'mysql2/promise'
import { expect, test, type ConnectionOptions } from 'vitest-tidb'

// index {
test('the orders of a customer are found by index', async ({ tidb }) => {
  await tidb.query('create table orders (id int primary key, customer int, key by_customer (customer))')
  const plan = await tidb.query<{ 'access object': string }>(
    "explain format = 'brief' select id from orders where customer = 7",
  )
  expect(plan.map((step) => step['access object']).join()).toContain('by_customer')
})
// }

// once {
test('a coupon is redeemed once, whoever is first', async ({ tidb, tidbPool }) => {
  await tidb.query('create table redeemed (coupon int primary key, by_session int)')
  const redeem = 'insert into redeemed values (1, ?)'
  const outcome = await tidbPool.run(20, (session, { index }) => session.query(redeem, [index]), {
    onFailure: 'settle',
  })
  expect(outcome.values).toHaveLength(1)
  expect(outcome.failed).toHaveLength(19)
  for (const { error } of outcome.failed) expect(error).toMatchObject({ errno: 1062 })
})
// }

async function migrate(options: ConnectionOptions): Promise<void> {
  const connection = await createConnection(options)
  await connection.query('alter table person add column born date')
  await connection.end()
}

// migration {
test('a migration keeps the rows that are there', async ({ tidb, connectionOptions }) => {
  await tidb.query('create table person (id int primary key, name varchar(40))')
  await tidb.query("insert into person values (1, 'Ada Lovelace')")
  await migrate(connectionOptions)
  expect(await tidb.query('select * from person')).toEqual([{ id: 1, name: 'Ada Lovelace', born: null }])
})
// }
