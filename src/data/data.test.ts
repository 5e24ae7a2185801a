import { text as readText, buffer as readBuffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { expect, expectTypeOf, test } from 'vitest'
import { ConfigError } from '../errors.ts'
import { computed, constant, oneOf } from './choices.ts'
import { generate } from './data.ts'
import { email, fullName } from './library.ts'
import { bigInteger, boolean, decimal, float, integer, sequence } from './numbers.ts'
import { defaults, duplicates, nulls } from './rates.ts'
import { awkwardText, bytes, json, text, unicode, uuid } from './texts.ts'
import { date, dateTime, timestamp } from './times.ts'

const columns = {
  id: sequence(),
  big: bigInteger(),
  amount: decimal(30, 10),
  active: boolean(),
  born: date(),
  at: dateTime({ fsp: 6 }),
  note: nulls(text(), 0.2),
  sign: unicode(),
  odd: awkwardText(),
  state: defaults(oneOf(['new', 'paid']), { rate: 0.1, is: 'new' }),
  key: duplicates(uuid(), 0.1),
  doc: json(),
  raw: bytes({ length: 3 }),
  both: computed(({ id, born }) => `${Number(id)} ${born === null}`),
}

// Whoever changes these bytes changes everybody's data: say so in the change log.
test('the same seed makes the same bytes', async () => {
  const made = await readText(generate({ seed: 7, rows: 5, columns }).csv({ header: true }))
  await expect(made).toMatchFileSnapshot('data.test.csv')
  expect(await readText(generate({ seed: 8, rows: 5, columns }).csv({ header: true }))).not.toBe(made)
})

test('the library makes the same values, as long as its release is the same', () => {
  const [row] = generate({ seed: 7, rows: 1, columns: { name: fullName(), mail: email() } }).rows()
  expect(row).toMatchInlineSnapshot(`
    {
      "mail": "Brando18@gmail.com",
      "name": "Verna Kuhlman",
    }
  `)
})

test('a column does not depend on those beside it', () => {
  const alone = Array.from(generate({ seed: 7, rows: 50, columns: { at: columns.at } }).rows(), ({ at }) => at)
  const among = Array.from(generate({ seed: 7, rows: 50, columns }).rows(), ({ at }) => at)
  expect(alone).toEqual(among)
  const renamed = Array.from(generate({ seed: 7, rows: 50, columns: { on: columns.at } }).rows(), ({ on }) => on)
  expect(renamed).not.toEqual(alone)
})

test('parts make up the whole', async () => {
  const whole = await readText(generate({ seed: 7, rows: 100, columns }).tsv())
  const first = await readText(generate({ seed: 7, rows: 60, columns }).tsv())
  const second = await readText(generate({ seed: 7, rows: 40, first: 60, columns }).tsv())
  expect(first + second).toBe(whole)
})

test('each call begins again', async () => {
  const data = generate({ seed: 7, rows: 20, columns })
  expect([...data.rows()]).toEqual([...data.rows()])
  expect(await readText(data.csv())).toBe(await readText(data.csv()))
})

test('rows have the types of their columns', () => {
  const data = generate({ seed: 7, rows: 1, columns: { id: sequence(), state: nulls(oneOf(['new', 'paid']), 0.5) } })
  for (const row of data.rows())
    expectTypeOf(row).toEqualTypeOf<{ readonly id: number; readonly state: 'new' | 'paid' | null }>()
  expectTypeOf(data.columns).toEqualTypeOf<readonly ('id' | 'state')[]>()
})

const said = (value: string) => ({
  seed: 1,
  rows: 1,
  columns: { a: constant(1), b: constant(value), c: constant(null) },
})

test.for([
  ['plain', '1,plain,\\N\n', '1\tplain\t\\N\n'],
  ['', '1,"",\\N\n', '1\t\t\\N\n'],
  ['NULL', '1,"NULL",\\N\n', '1\tNULL\t\\N\n'],
  ['\\N', '1,"\\\\N",\\N\n', '1\t\\\\N\t\\N\n'],
  ['a,b', '1,"a,b",\\N\n', '1\ta,b\t\\N\n'],
  ['say "hi"', '1,"say ""hi""",\\N\n', '1\tsay "hi"\t\\N\n'],
  ['two\r\nlines', '1,"two\\r\\nlines",\\N\n', '1\ttwo\\r\\nlines\t\\N\n'],
  ['a\tb', '1,a\tb,\\N\n', '1\ta\\tb\t\\N\n'],
  ['\0\x1a', '1,"\\0\\Z",\\N\n', '1\t\\0\\Z\t\\N\n'],
  [' pad ', '1," pad ",\\N\n', '1\t pad \t\\N\n'],
  ["it's 😀", "1,it's 😀,\\N\n", "1\tit's 😀\t\\N\n"],
] as const)('%j as CSV and TSV', async ([value, csv, tsv]) => {
  expect(await readText(generate(said(value)).csv())).toBe(csv)
  expect(await readText(generate(said(value)).tsv())).toBe(tsv)
})

test('another separator is quoted instead of the comma', async () => {
  expect(await readText(generate(said('a;b')).csv({ separator: ';' }))).toBe('1;"a;b";\\N\n')
  expect(await readText(generate(said('a,b')).csv({ separator: ';' }))).toBe('1;a,b;\\N\n')
  expect(await readText(generate(said('a]b')).csv({ separator: ']' }))).toBe('1]"a]b"]\\N\n')
})

test('SQL has so many rows a statement', async () => {
  const data = generate({ seed: 1, rows: 3, columns: { 'a`b': sequence(), b: constant("it's \\ \n") } })
  const statements = [
    "INSERT INTO `shop`.`item` (`a``b`, `b`) VALUES\n(1,'it''s \\\\ \\n'),\n(2,'it''s \\\\ \\n')",
    "INSERT INTO `shop`.`item` (`a``b`, `b`) VALUES\n(3,'it''s \\\\ \\n')",
  ]
  expect([...data.inserts({ table: 'shop.item', rowsPerInsert: 2 })]).toEqual(statements)
  expect(await readText(data.sql({ table: 'shop.item', rowsPerInsert: 2 }))).toBe(`${statements.join(';\n')};\n`)
})

test('SQL has DEFAULT, NULL, bytes, truth and big numbers as they are', () => {
  const made = {
    a: defaults(constant(1), { rate: 1, is: 5 }),
    b: constant(null),
    c: constant(true),
    d: constant(2n ** 63n),
  }
  const data = generate({ seed: 1, rows: 1, columns: { ...made, e: constant(Buffer.from([0, 255])) } })
  expect([...data.inserts({ table: 't' })][0]).toMatch(/\(DEFAULT,NULL,1,9223372036854775808,x'00ff'\)$/)
})

test('a packed file holds the same', async () => {
  const data = generate({ seed: 7, rows: 5_000, columns })
  const packed = await readBuffer(data.csv({ gzip: true }))
  const plain = await readBuffer(data.csv())
  expect(packed.length).toBeLessThan(plain.length)
  expect(gunzipSync(packed).equals(plain)).toBe(true)
})

test('rows that nobody reads are not made', async () => {
  let made = 0
  const data = generate({ seed: 7, rows: 1_000_000, columns: { id: computed((_, row) => (made = row)) } })
  for await (const piece of data.csv()) {
    expect((piece as Buffer).length).toBeLessThanOrEqual(2 * 65_536)
    break
  }
  expect(made).toBeLessThan(100_000)
})

test('an error in a value reaches the reader of the stream, packed or not', async () => {
  const broken = () => {
    throw new RangeError('row 3 is bad')
  }
  const data = generate({ seed: 7, rows: 10, columns: { id: computed((_, row) => (row < 3 ? row : broken())) } })
  await expect(readText(data.csv())).rejects.toThrow('row 3 is bad')
  await expect(readBuffer(data.csv({ gzip: true }))).rejects.toThrow('row 3 is bad')
})

test('no rows make an empty file', async () => {
  const data = generate({ seed: 7, rows: 0, columns: { id: integer() } })
  expect(await readText(data.csv())).toBe('')
  expect(await readText(data.sql({ table: 't' }))).toBe('')
  expect(data.checksum()).toEqual({ rows: 0, 'id.values': 0, 'id.crc': null })
})

test('the checksum is of what the server prints, in any order', () => {
  // The check value of CRC-32: https://reveng.sourceforge.io/crc-catalogue/all.htm#crc.cat.crc-32-iso-hdlc
  const nines = 123_456_789
  const made = { a: constant(nines), b: defaults(constant('x'), { rate: 1, is: '123456789' }), c: constant(null) }
  const data = generate({ seed: 7, rows: 2, columns: made })
  const crc = String(2 * 0xcbf43926)
  expect(data.checksum()).toEqual({
    rows: 2,
    'a.values': 2,
    'a.crc': crc,
    'b.values': 2,
    'b.crc': crc,
    'c.values': 0,
    'c.crc': null,
  })
})

test.for([
  ['rows is -1', { rows: -1 }],
  ['rows is 1.5', { rows: 1.5 }],
  ['first is null', { first: null as unknown as number }],
  ['there are no columns', { columns: {} }],
] as const)('%s is refused', ([message, options]) => {
  const made = () => generate({ seed: 7, rows: 1, columns: { id: sequence() }, ...options })
  expect(made).toThrow(ConfigError)
  expect(made).toThrow(message)
})

test('what can not separate is refused', () => {
  const data = generate({ seed: 7, rows: 1, columns: { id: sequence() } })
  for (const separator of ['', 'ab', '"', '\\', '\n', 'N', '1', 'é']) {
    expect(() => data.csv({ separator })).toThrow(ConfigError)
  }
  expect(() => [...data.inserts({ table: 't', rowsPerInsert: 0 })]).toThrow('rowsPerInsert is 0')
})

test.for([
  ['integer', integer({ minn: 3 } as object)],
  ['integer', integer(null as never)],
  ['sequence', sequence({ start: 3 } as object)],
  ['bigInteger', bigInteger({ min: 3 } as never)],
  ['decimal', decimal(10, 2, { minn: 3 } as object)],
  ['float', float({ digit: 3 } as object)],
  ['boolean', boolean({ likely: '1' } as never)],
  ['text', text({ len: 3 } as object)],
  ['text', text({ length: { min: 1, maxx: 3 } } as never)],
  ['oneOf', oneOf([1], { weight: [1] } as object)],
  ['date', date({ form: '2020-01-01' } as object)],
  ['timestamp', timestamp({ fps: 3 } as object)],
  ['fullName', fullName({ distnct: 3 } as object)],
  ['nulls', nulls(integer(), '0.5' as never)],
  ['defaults', defaults(integer(), { rte: 1, is: 1 } as never)],
] as const)('an option of %s that there is not, or that is of another kind, is refused', ([, column]) => {
  expect(() => generate({ seed: 1, rows: 1, columns: { id: column } })).toThrow(ConfigError)
  expect(() => generate({ seed: 1, rows: 1, columns: { id: column } })).toThrow(/^columns\.id/)
})

test('an option of the data and of its files that there is not is refused', () => {
  const columns = { id: integer() }
  expect(() => generate({ seed: 1, row: 1, rows: 1, columns } as never)).toThrow('generate(options).row is no option')
  expect(() => generate({ rows: 1, columns } as never)).toThrow('seed is undefined')
  const data = generate({ seed: 1, rows: 1, columns })
  expect(() => data.csv({ seperator: ';' } as object)).toThrow('csv(options).seperator is no option')
  expect(() => data.tsv({ separator: ';' } as object)).toThrow('tsv(options).separator is no option')
  expect(() => data.sql({ table: 't', rowsPerInser: 5 } as never)).toThrow('sql(options).rowsPerInser is no option')
})
