import { expect, test, type StatementError, type Value } from 'vitest-tidb'

test.for([
  ['query', 'select ? as a', [1, 2], 'it has 1 placeholder, and 2 values were given'],
  ['query', "select '?', ? as a", [1, 2], 'it has 1 placeholder, and 2 values were given'],
  ['query', "select '\\'?' as a", [1], 'it has 0 placeholders, and 1 value was given'],
  ['query', 'select ? as a, ? as b', [1], 'it has 2 placeholders, and 1 value was given'],
  ['execute', 'select ? as a', [1, 2], 'it has 1 placeholder, and 2 values were given'],
  ['execute', "select '\\'?' as a", [1], 'it has 0 placeholders, and 1 value was given'],
  ['execute', 'select ? as a, ? as b', [1], 'it has 2 placeholders, and 1 value was given'],
  ['execute', 'select 1 in (?)', [[1, 2]], 'value 1 is an array'],
  ['query', 'select ? as a', [new Date(Number.NaN)], 'value 1 is an invalid Date'],
] as const)('%s(%j, %j) is not sent', async ([command, sql, values, why], { tidb }) => {
  const error = await tidb[command](sql, values as readonly Value[]).catch((thrown: unknown) => thrown)
  expect(String((error as Error).message)).toMatch(/^statement not sent \(tidb at .+\): select/)
  expect(String((error as Error).message)).toContain(why)
  expect((error as StatementError).outcomeUnknown).toBe(false)
  expect(await tidb.query('select 1 as one')).toEqual([{ one: 1 }])
})

test('with NO_BACKSLASH_ESCAPES, placeholders are counted by it, and what the driver would write wrongly is not sent', async ({
  tidb,
}) => {
  await tidb.query("set sql_mode = 'NO_BACKSLASH_ESCAPES'")
  const backslash = String.raw`select 'a\' as a`
  expect(await tidb.query(backslash, [])).toEqual([{ a: 'a\\' }])
  await expect(tidb.query(backslash, [1])).rejects.toThrow('it has 0 placeholders, and 1 value was given')
  await expect(tidb.query(String.raw`select 'a\', ?`, [1])).rejects.toThrow('send it with execute')
  expect(await tidb.query('select ? as a', ['plain'])).toEqual([{ a: 'plain' }])
  for (const value of ["it's", 'a\\', '" or 1 = 1']) {
    await expect(tidb.query('select ? as a', [value])).rejects.toThrow('value 1 has characters that the driver')
    expect(await tidb.execute('select ? as a', [value])).toEqual([{ a: value }])
  }
  await tidb.query('set sql_mode = default')
  expect(await tidb.query('select ? as a', ["it's"])).toEqual([{ a: "it's" }])
})

test('the same text is right again with values of other kinds', async ({ tidb }) => {
  const sql = 'select ? as a'
  const at = new Date('2024-05-06T07:08:09.123Z')
  const values = [null, 7.5, 'abc', 3, at, true, Buffer.from('zz'), null, 'abc', null, 'def', 12n, -1, 2n ** 63n]
  const found: unknown[] = []
  for (const value of values) found.push((await tidb.execute<{ a: unknown }>(sql, [value]))[0]?.a)
  expect(found).toEqual([
    null,
    7.5,
    'abc',
    3,
    at,
    1,
    Buffer.from('zz'),
    null,
    'abc',
    null,
    'def',
    12,
    -1,
    '9223372036854775808',
  ])
})

test('several at once, each with its own kind', async ({ tidb }) => {
  const values = [1, 'a', 2.5, 'b', null, 3]
  const found = await Promise.all(values.map((value) => tidb.execute<{ a: unknown }>('select ? as a', [value])))
  expect(found.map(([row]) => row?.a)).toEqual(values)
})

test('LIMIT takes a number, and says what it takes of all else', async ({ tidb }) => {
  await tidb.query('create table item (id int primary key)')
  await tidb.query('insert into item values (1), (2), (3)')
  const sql = 'select id from item order by id limit ? offset ?'
  expect(await tidb.execute(sql, [1, 1n])).toEqual([{ id: 2 }])
  await expect(tidb.execute(sql, ['1', 1])).rejects.toThrow(/1210[^]*LIMIT and OFFSET take whole numbers/)
})

test('a date that is none is an invalid Date, by query and by execute', async ({ tidb }) => {
  await tidb.query("set sql_mode = ''")
  await tidb.query('create table odd (a date, b datetime(3), c timestamp null)')
  await tidb.query("insert into odd values ('0000-00-00', '2024-05-00 07:08:09.1', '0000-00-00'), (null, null, null)")
  const none = { a: new Date(Number.NaN), b: new Date(Number.NaN), c: new Date(Number.NaN) }
  const empty = { a: null, b: null, c: null }
  expect(await tidb.query('select * from odd order by a is null')).toEqual([none, empty])
  expect(await tidb.execute('select * from odd order by a is null')).toEqual([none, empty])
  const text = { a: '0000-00-00', b: '2024-05-00 07:08:09.100', c: '0000-00-00 00:00:00' }
  const texts = await tidb.query('select * from odd order by a is null limit 1', [], { dateStrings: true })
  expect(texts).toEqual([text])
})

test('what an UPDATE found, what it changed, and what the server says of it', async ({ tidb }) => {
  await tidb.query('create table item (id int primary key, price int)')
  const insert = await tidb.query('insert into item values (1, 10), (2, 20), (3, 30)')
  expect(insert).toMatchObject({ affectedRows: 3, changedRows: 0, info: 'Records: 3  Duplicates: 0  Warnings: 0' })
  const update = await tidb.query('update item set price = 10')
  expect(update).toMatchObject({
    affectedRows: 3,
    changedRows: 2,
    info: 'Rows matched: 3  Changed: 2  Warnings: 0',
  })
  expect(await tidb.query('select * from item where id = 9')).toMatchObject({ affectedRows: 0, changedRows: 0 })
})
