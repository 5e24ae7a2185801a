import { expect, test } from 'vitest-tidb'

// session {
test('an order is stored once', async ({ tidb }) => {
  await tidb.query('create table orders (id int primary key, total decimal(10, 2))')
  await tidb.query('insert into orders values (?, ?)', [1, '9.90'])
  expect(await tidb.query('select * from orders')).toEqual([{ id: 1, total: '9.90' }])
  await expect(tidb.query('insert into orders values (?, ?)', [1, '8.80'])).toFailWith('ER_DUP_ENTRY')
})
// }

// test-file {
test('orders', async ({ tidb, tidbPool }) => {
  await tidb.query('create table orders (id int primary key, total int, paid datetime)')
  await tidb.query('insert into orders values (1, 10, now()), (2, 20, null)')

  // --error ER_DUP_ENTRY
  await expect(tidb.query('insert into orders values (1, 10, null)')).toFailWith('ER_DUP_ENTRY')

  // --sorted_result, and --replace_column for what differs from run to run
  expect(await tidb.query('select * from orders order by id')).toEqual([
    { id: 1, total: 10, paid: expect.any(Date) as Date },
    { id: 2, total: 20, paid: null },
  ])

  // --enable_warnings
  const { warningCount } = await tidb.query('drop table if exists no_such_table')
  expect(warningCount).toBe(1)

  // connect (other, …), connection other, connection default
  const [other] = await tidbPool.sessions('other')
  await tidb.query('begin')
  await tidb.query('update orders set total = 11 where id = 1')
  expect(await other.query('select total from orders where id = 1')).toEqual([{ total: 10 }])
  await tidb.query('commit')
})
// }

// recorded {
test('the plan of a lookup', async ({ tidb }) => {
  await tidb.query('create table orders (id int primary key, total int)')
  const plan = await tidb.query<{ id: string }>("explain format = 'brief' select * from orders where id = 1")
  expect(plan.map(({ id }) => id)).toMatchInlineSnapshot(`
    [
      "Point_Get",
    ]
  `)
})
// }

// states {
test('each state is a step, and says how it went', async ({ tidb }) => {
  const { version } = await tidb.gettingVersion()
  expect(version).toBeAtLeast('8.5.0')
  await tidb.completed()
  expect(tidb.history.filter(({ outcome }) => outcome !== 'completed')).toEqual([])
})
// }
