import { describe, expect, test } from 'vitest'
import { ConfigError } from '../errors.ts'
import { computed, constant, oneOf } from './choices.ts'
import { DefaultValue, type Column, type DataValue } from './column.ts'
import { generate } from './data.ts'
import { email, fullName, library } from './library.ts'
import { bigInteger, boolean, decimal, float, integer, sequence } from './numbers.ts'
import { defaults, duplicates, nulls } from './rates.ts'
import { awkwardText, bytes, hex, json, text, unicode, uuid } from './texts.ts'
import { date, dateTime, timestamp } from './times.ts'

/** The first values of a column. */
function values<T extends DataValue>(column: Column<T>, rows = 2_000, seed = 1): T[] {
  return Array.from(generate({ seed, rows, columns: { column } }).rows(), (row) => row.column)
}

describe('numbers', () => {
  test('a sequence counts, past 2^53 as bigint', () => {
    expect(values(sequence(), 3)).toEqual([1, 2, 3])
    expect(values(sequence({ from: 10, step: -5 }), 3)).toEqual([10, 5, 0])
    expect(values(sequence({ from: 2n ** 63n - 3n }), 3)).toEqual([2n ** 63n - 3n, 2n ** 63n - 2n, 2n ** 63n - 1n])
  })

  test('integers are whole, and reach both ends', () => {
    expect(new Set(values(integer({ min: -2, max: 2 })))).toEqual(new Set([-2, -1, 0, 1, 2]))
    expect(values(integer({ min: 0, max: Number.MAX_SAFE_INTEGER })).every(Number.isSafeInteger)).toBe(true)
  })

  test('big integers use all 64 bits', () => {
    const some = values(bigInteger())
    expect(some.some((value) => value < -(2n ** 62n)) && some.some((value) => value > 2n ** 62n)).toBe(true)
    expect(some.every((value) => BigInt.asIntN(64, value) === value)).toBe(true)
    expect(some.some((value) => value > 2n ** 53n && value % 2n === 1n)).toBe(true)
  })

  test('decimals have all digits of their scale, and of both ways to make them', () => {
    expect(values(decimal(4, 2)).every((value) => /^-?\d{1,2}\.\d\d$/.test(value))).toBe(true)
    expect(values(decimal(65, 30)).every((value) => /^-?\d{1,35}\.\d{30}$/.test(value))).toBe(true)
    expect(new Set(values(decimal(3, 1, { min: '-0.1', max: 0.1 })))).toEqual(new Set(['-0.1', '0.0', '0.1']))
    expect(values(decimal(20, 0, { min: '99999999999999999999' }), 1)).toEqual(['99999999999999999999'])
    expect(values(decimal(5, 0, { min: -3, max: -3 }), 1)).toEqual(['-3'])
  })

  test('floats have so many digits', () => {
    const some = values(float({ min: -1, max: 1, digits: 2 }))
    expect(some.every((value) => value >= -1 && value <= 1 && /^-?\d(\.\d{1,2})?$/.test(String(value)))).toBe(true)
    expect(new Set(some).size).toBeGreaterThan(150)
  })

  test('booleans are as likely as they should be', () => {
    const share = values(boolean({ likely: 0.2 }), 20_000).filter(Boolean).length / 20_000
    expect(share).toBeCloseTo(0.2, 1)
    expect(values(boolean({ likely: 1 })).every(Boolean)).toBe(true)
  })
})

describe('times', () => {
  test('days reach both ends, leap days included', () => {
    expect(new Set(values(date({ from: '2024-02-28', to: '2024-03-01' })))).toEqual(
      new Set(['2024-02-28', '2024-02-29', '2024-03-01']),
    )
  })

  test('instants have so many digits of a second, and never pass the last', () => {
    const some = values(dateTime({ from: '2024-12-31 23:59:57', to: '2024-12-31 23:59:59', fsp: 3 }))
    expect(some.every((value) => /^2024-12-31 23:59:5[789]\.\d{3}$/.test(value))).toBe(true)
    expect(some.filter((value) => value > '2024-12-31 23:59:59')).toEqual(
      some.filter((value) => value === '2024-12-31 23:59:59.000'),
    )
    expect(new Set(some).size).toBeGreaterThan(100)
    expect(values(dateTime(), 1)[0]).toMatch(/^20[0-2]\d-\d\d-\d\d \d\d:\d\d:\d\d$/)
  })

  test('the first and the last day that a server knows', () => {
    expect(values(date({ from: '0001-01-01', to: '0001-01-01' }), 1)).toEqual(['0001-01-01'])
    expect(values(date({ from: '9999-12-31', to: '9999-12-31' }), 1)).toEqual(['9999-12-31'])
  })
})

describe('texts', () => {
  test('text has its length', () => {
    const lengths = new Set(values(text({ length: { min: 0, max: 9 } })).map(({ length }) => length))
    expect(lengths).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
    expect(values(text({ length: 1_000 }), 1)[0]).toHaveLength(1_000)
  })

  test('unicode has whole code points, of one to four bytes', () => {
    const some = values(unicode({ length: 10 }))
    expect(some.every((value) => value.isWellFormed() && Array.from(value).length === 10)).toBe(true)
    const bytesOf = new Set(some.flatMap((value) => Array.from(value, (sign) => Buffer.byteLength(sign))))
    expect(bytesOf).toEqual(new Set([1, 2, 3, 4]))
  })

  test('awkward text has what is read wrong', () => {
    const some = values(awkwardText())
    for (const piece of ['', '\\N', '\n', '"', 'NULL', '\0']) expect(some).toContain(piece)
  })

  test('UUIDs are of version 4, and all different', () => {
    const some = values(uuid(), 20_000)
    const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    expect(some.every((value) => shape.test(value))).toBe(true)
    expect(new Set(some).size).toBe(20_000)
  })

  test('hexadecimal digits and bytes have their length', () => {
    expect(values(hex({ length: 7 })).every((value) => /^[0-9a-f]{7}$/.test(value))).toBe(true)
    expect(values(bytes({ length: { min: 3, max: 3 } })).every(({ length }) => length === 3)).toBe(true)
  })

  test('JSON is JSON', () => {
    for (const value of values(json(), 200))
      expect(Object.keys(JSON.parse(value) as object)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })
})

describe('library', () => {
  test('values come from the library, and no more of them than were asked for', () => {
    expect(values(fullName()).every((name) => /\S \S/.test(name))).toBe(true)
    expect(new Set(values(library((faker) => faker.commerce.product(), { distinct: 3 }))).size).toBeLessThanOrEqual(3)
  })

  test('its dates do not depend on today', () => {
    const latest = values(library((faker) => faker.date.recent({ days: 1 }).toISOString()))
      .toSorted()
      .at(-1)
    expect(latest?.slice(0, 10)).toBe('2025-12-31')
  })

  test('addresses of mail can be unique', () => {
    expect(new Set(values(email({ unique: true, distinct: 10 }))).size).toBe(2_000)
  })
})

describe('choices', () => {
  test('weights are kept', () => {
    const some = values(oneOf(['a', 'b', 'c'], { weights: [0, 1, 3] }), 20_000)
    expect(some).not.toContain('a')
    expect(some.filter((value) => value === 'c').length / 20_000).toBeCloseTo(0.75, 1)
    expect(new Set(values(oneOf([1, null])))).toEqual(new Set([1, null]))
  })

  test('a value can follow from those before it', () => {
    const columns = { id: sequence(), twice: computed(({ id }) => Number(id) * 2), row: computed((_, row) => row) }
    expect([...generate({ seed: 1, rows: 2, columns }).rows()]).toEqual([
      { id: 1, twice: 2, row: 0 },
      { id: 2, twice: 4, row: 1 },
    ])
  })
})

describe('rates', () => {
  test('nulls take the place of so many values, and change no other', () => {
    const whole = values(integer(), 20_000)
    const some = values(nulls(integer(), 0.1), 20_000)
    expect(some.filter((value) => value === null).length / 20_000).toBeCloseTo(0.1, 1)
    expect(some.every((value, at) => value === null || value === whole[at])).toBe(true)
    expect(values(nulls(constant('x'), 1), 3)).toEqual([null, null, null])
  })

  test('defaults say what the server has for them', () => {
    expect(values(defaults(constant('x'), { rate: 1, is: 'new' }), 1)).toEqual([new DefaultValue('new')])
  })

  test('duplicates repeat a value of an earlier row', () => {
    const some = values(duplicates(sequence(), 0.3), 5_000)
    const isNew = some.map((value, row) => value === row + 1)
    const originals = new Set(some.filter((_, row) => isNew[row]))
    const copies = some.map((value, row) => ({ value, row })).filter(({ row }) => !isNew[row])
    expect(copies.filter(({ value, row }) => value > row || !originals.has(value))).toEqual([])
    expect(copies.length / 5_000).toBeCloseTo(0.3, 1)
  })
})

test.for<[string, Column]>([
  ['columns.c.from is 9007199254740991', sequence({ from: Number.MAX_SAFE_INTEGER })],
  ['columns.c.step is 0.5', sequence({ step: 0.5 })],
  ['columns.c.min is 2', integer({ min: 2, max: 1 })],
  ['columns.c.max is 1e+300', integer({ max: 1e300 })],
  ['columns.c.min is 2n', bigInteger({ min: 2n, max: 1n })],
  ['columns.c.precision is 66', decimal(66, 0)],
  ['columns.c.scale is 5', decimal(4, 5)],
  ['columns.c.max is 100', decimal(4, 2, { max: 100 })],
  ['columns.c.min is "0.001"', decimal(4, 2, { min: '0.001' })],
  ['columns.c.digits is 12', float({ digits: 12 })],
  ['columns.c.likely is 2', boolean({ likely: 2 })],
  ['columns.c.from is "2024-02-30"', date({ from: '2024-02-30' })],
  ['columns.c.to is "tomorrow"', date({ to: 'tomorrow' })],
  ['columns.c.from is "2030-01-01"', dateTime({ from: '2030-01-01' })],
  ['columns.c.fsp is 7', dateTime({ fsp: 7 })],
  ['columns.c.to is "2038-01-20"', timestamp({ to: '2038-01-20' })],
  ['columns.c.length is -1', text({ length: -1 })],
  ['columns.c.length is {"min":2,"max":1}', unicode({ length: { min: 2, max: 1 } })],
  ['columns.c.distinct is 0', fullName({ distinct: 0 })],
  ['columns.c.values is []', oneOf([])],
  ['columns.c.weights is [1]', oneOf(['a', 'b'], { weights: [1] })],
  ['columns.c.rate is 1.1', nulls(sequence(), 1.1)],
  ['columns.c.rate is NaN', duplicates(sequence(), Number.NaN)],
])('%s is refused, with what is allowed', ([message, column]) => {
  const made = () => generate({ seed: 1, rows: 10, columns: { c: column } })
  expect(made).toThrow(ConfigError)
  expect(made).toThrow(message)
  expect(made).toThrow('try: give ')
})
