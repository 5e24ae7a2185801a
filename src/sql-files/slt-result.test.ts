import { expect, test } from 'vitest'
import { parseSlt } from './slt-language.ts'
import { SltResult } from './slt-result.ts'
import { hashLine, threeDecimals } from './slt-value.ts'

type Rows = readonly (readonly (string | null)[])[]

/** A query of a file, with what it returned. */
function resultOf(head: string, rows: Rows, before = ''): SltResult {
  const record = parseSlt(`${before}${head}\nselect 1\n----\n`, '/t/a.slt').records.find(({ kind }) => kind === 'query')
  if (record?.kind !== 'query') throw new TypeError('no query')
  return new SltResult(record, { columns: (rows[0] ?? ['']).map((_, at) => `c${at}`), rows, affectedRows: 0, info: '' })
}

test('rows are written with blanks or tabs between, or one value a line', () => {
  const result = resultOf('query IT', [
    ['1', 'a b'],
    ['2', null],
  ])
  expect(result.matches(['1 a b', '2 NULL'])).toBe(true)
  expect(result.matches(['1\ta b', '2\tNULL'])).toBe(true)
  expect(result.matches(['1   a b', '2   NULL'])).toBe(true)
  expect(result.matches(['1', 'a b', '2', 'NULL'])).toBe(true)
  for (const wrong of [
    ['1 a b'],
    ['1 a  b', '2 NULL'],
    ['1a b', '2 NULL'],
    ['1 a b c', '2 NULL'],
    ['1 a', '2 NULL'],
    ['2 NULL', '1 a b'],
  ]) {
    expect({ wrong, matches: result.matches(wrong) }).toEqual({ wrong, matches: false })
  }
})

test('values are written by their types', () => {
  const rows = [['7.0000', '2.0625', '', 'a\nb', '1']]
  const result = resultOf('query IRTTB', rows)
  expect(result.matches(['7', '2.062', '(empty)', 'a@b', '1'])).toBe(true)
  expect(result.matches(['7.0000 2.0625 (empty) a b true'])).toBe(true)
  expect(result.matches(['7 2.063 (empty) a@b 1'])).toBe(false)
  expect(resultOf('query II', [['2.9', 'x']], '# dialect: sqlite\n').matches(['2', '0'])).toBe(true)
  expect(resultOf('query II', [['2.9', 'x']]).matches(['2', '0'])).toBe(false)
  expect(resultOf('query T', [['\xc3\xa9']]).matches(['\xc3\xa9'])).toBe(true)
  expect(resultOf('query T', [['\xc3\xa9']]).matches(['@@'])).toBe(true)
})

test('numbers have three decimals as C writes them', () => {
  expect([0.0625, 0.1875, -0.0625, 2.5, 1 / 3, -0.0001, 1e22].map(threeDecimals)).toEqual([
    ...['0.062', '0.188', '-0.062', '2.500', '0.333', '-0.000', '10000000000000000000000.000'],
  ])
})

test('rows, or all values, are sorted before they are compared', () => {
  const rows = [
    ['10', 'b'],
    ['9', 'a'],
    ['10', 'a'],
  ]
  expect(resultOf('query IT rowsort', rows).matches(['10 a', '10 b', '9 a'])).toBe(true)
  expect(resultOf('query IT rowsort', rows).matches(['9 a', '10 b', '10 a'])).toBe(true)
  expect(resultOf('query IT rowsort', rows).matches(['9', 'a', '10', 'b', '10', 'a'])).toBe(true)
  expect(resultOf('query IT valuesort', rows).matches(['10', '10', '9', 'a', 'a', 'b'])).toBe(true)
  expect(resultOf('query IT valuesort', rows).matches(['9 a', '10 b', '10 a'])).toBe(true)
  expect(resultOf('query IT rowsort', rows).matches(['9 b', '10 a', '10 a'])).toBe(false)
  expect(resultOf('query IT rowsort', rows, '# dialect: sqlite\n').matches(['9', 'a', '10', 'b', '10', 'a'])).toBe(
    false,
  )
})

test('many values are expected as their hash', () => {
  const result = resultOf('query I', [['1'], ['2'], ['3']])
  // Of 1, 2 and 3, each with a newline behind it.
  const hash = '3 values hashing to c0710d6b4f15dfa88f600b0e6b624077'
  expect(hashLine(['1', '2', '3'])).toBe(hash)
  expect(result.matches([hash])).toBe(true)
  expect(result.matches([hash.replace('3 values', '2 values')])).toBe(false)
  expect(result.matches([hash.replace(/7$/, '8')])).toBe(false)
})

test('patterns stand for what is not known', () => {
  const result = resultOf('query TT', [['cost=12 rows', 'x']])
  expect(result.matches(['cost=<slt:ignore> rows x'])).toBe(true)
  expect(result.matches(['cost=<slt:ignore> row x'])).toBe(false)
  expect(result.matches([String.raw`<REGEX>:cost=\d+ rows` + '\tx'])).toBe(true)
  expect(result.matches([String.raw`<!REGEX>:cost=\d+ rows` + '\tx'])).toBe(false)
})

test('names of columns are the first line', () => {
  const result = resultOf('query I colnames', [['1']])
  expect(result.matches(['c0', '1'])).toBe(true)
  expect(result.matches(['c1', '1'])).toBe(false)
  expect(result.matches(['1'])).toBe(false)
})

test('what is recorded looks like what was there', () => {
  const rows = [
    ['1', '2.5'],
    ['3', null],
  ]
  expect(resultOf('query IR', rows).lines([])).toEqual(['1 2.5', '3 NULL'])
  expect(resultOf('query IR', rows).lines(['1 2.4', '3 NULL'])).toEqual(['1 2.5', '3 NULL'])
  expect(resultOf('query IR', rows).lines(['1', '2.400', '3', 'NULL'])).toEqual(['1', '2.500', '3', 'NULL'])
  expect(resultOf('query IR', rows, '# group: [a]\n').lines([])).toEqual(['1\t2.5', '3\tNULL'])
  expect(resultOf('query IR', rows, '# dialect: sqlite\n').lines([])).toEqual(['1', '2.500', '3', 'NULL'])
  expect(resultOf('query IR', rows, 'hash-threshold 3\n\n').lines([])).toEqual([hashLine(['1', '2.500', '3', 'NULL'])])
  // An empty line would end what is expected.
  expect(resultOf('query T', [[' ']]).lines([])).toEqual([hashLine([' '])])
})

test('rows in order by some columns may have any order where these are the same', () => {
  const result = resultOf('query IT partialsort(1)', [
    ['1', 'b'],
    ['1', 'a'],
    ['2', 'c'],
  ])
  expect(result.matches(['1 a', '1 b', '2 c'])).toBe(true)
  expect(result.matches(['1  b', '1  a', '2  c'])).toBe(true)
  expect(result.matches(['2 c', '1 a', '1 b'])).toBe(false)
  expect(result.matches(['1 a', '2 c'])).toBe(false)
  expect(result.lines([])).toEqual(['1 a', '1 b', '2 c'])
})
