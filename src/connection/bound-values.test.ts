import { format } from 'mysql2'
import { expect, test } from 'vitest'
import { countPlaceholders, fits, kindOf, miscount, miscounted, misfit, type Value } from './bound-values.ts'

test.for([
  ['select 1', 0],
  ['select ?', 1],
  ['select ?, ? from ?? where a in (?)', 4],
  ['select \'?\', "?", `?`, ?', 1],
  ["select 'it''s ?', ?", 1],
  ['select ? -- why?', 1],
  ['select ? --', 1],
  ['select ? # why?\n, ?', 2],
  ['select /* why? */ ?', 1],
  ['select /*+ max_execution_time(?) */ 1', 1],
  ['select /*! ? */ 1', 1],
  ['select 5--?', 1],
  ['select ???', 0],
  ['select ? --\n, ?', 2],
  ['select ? # why?\u2028?\n, ?', 2],
  ["select 'a\\\\', ?", 1],
  [String.raw`select '\'?', ?`, 1],
  [String.raw`select "\"?", ?`, 1],
  [String.raw`select 'a\\', ?, 'b\\'`, 1],
  ['select `\\`, ?', 1],
  [String.raw`select ? -- it\'s`, 1],
  ["select ?, 'not closed ?", 1],
  ['select ?, /* not closed ?', 1],
] as const)('%s takes %s values', ([sql, count]) => {
  expect(countPlaceholders(sql)).toBe(count)
  // As the driver has it.
  const filled = format(sql, Array<string>(count + 1).fill('FILLED'))
  expect(filled.split('FILLED')).toHaveLength(count + 1)
})

test('a statement that is right in any SQL mode is not refused when the mode is not known', () => {
  const sql = String.raw`select 'a\', ?`
  expect(countPlaceholders(sql)).toBe(0)
  expect(countPlaceholders(sql, 'literal')).toBe(1)
  const wrong = 'it has 0 placeholders, and 1 value was given'
  expect(miscounted(sql, 1, undefined)).toBeUndefined()
  expect(miscounted(sql, 1, 'escape')).toBe(wrong)
  expect(miscounted(sql, 1, 'literal')).toBeUndefined()
  expect(miscounted(sql, 2, undefined)).toBe('it has 0 placeholders, and 2 values were given')
  // In the other mode its last text would not be closed.
  expect(miscounted(String.raw`select '\'?'`, 1, undefined)).toBe(wrong)
})

test('both numbers are named when they differ', () => {
  expect(miscount(1, 1)).toBeUndefined()
  expect(miscount(1, 2)).toBe('it has 1 placeholder, and 2 values were given')
  expect(miscount(2, 1)).toBe('it has 2 placeholders, and 1 value was given')
})

test('what the driver would make something else of is refused', () => {
  expect(misfit('query', [1, new Date(Number.NaN)])).toBe('value 2 is an invalid Date')
  expect(misfit('query', [Number.NaN])).toBe('value 1 is NaN, which SQL does not have')
  expect(misfit('query', [[1, 2]])).toBeUndefined()
  expect(misfit('execute', [[1, 2]])).toMatch(/^value 1 is an array/)
  expect(misfit('execute', [{ a: 1 } as unknown as Value])).toMatch(/^value 1 is an object/)
  expect(misfit('execute', [1, 2n, 'a', true, null, undefined, new Date(0), Buffer.from('')])).toBeUndefined()
})

test('a statement is prepared again when a value is of another kind, and not for NULL', () => {
  expect([1, 2n, 1.5, 'a', true, null, undefined, new Date(0), Buffer.from('')].map(kindOf)).toEqual([
    'integer',
    'integer',
    'number',
    'string',
    'boolean',
    'null',
    'null',
    'time',
    'bytes',
  ])
  expect(fits(['integer'], ['integer'])).toBe(true)
  expect(fits(['integer'], ['null'])).toBe(true)
  expect(fits(['null'], ['integer'])).toBe(false)
  expect(fits(['integer'], ['string'])).toBe(false)
})
