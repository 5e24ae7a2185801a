import { expect, test } from 'vitest'
import type { TextAnswer } from '../connection/text-connection.ts'
import { differenceOf } from './difference.ts'
import { saysOrder } from './order.ts'
import { comparablePlan } from './plan.ts'

function rows(...values: (string | null)[]): TextAnswer {
  return { results: [{ columns: ['a'], rows: values.map((value) => [value]), affectedRows: 0, info: '' }] }
}

function refused(errno: number): TextAnswer {
  return { results: [], refusal: { errno, code: undefined, sqlState: '', message: 'in words of its own' } }
}

test('a statement says its order where its own ORDER BY stands, not that of a query within it', () => {
  expect(
    [
      'select a from t order by a',
      'select a from t ORDER /* so */\n BY a limit 1',
      '(select a from t) union (select b from t) order by 1',
    ].map(saysOrder),
  ).toEqual([true, true, true])
  expect(
    [
      'select a from t',
      'select * from (select a from t order by a) as x',
      "select 'order by', `order by` from t -- order by a",
      'select group_concat(a order by a) from t',
      'select row_number() over (order by a) from t /* order by */',
    ].map(saysOrder),
  ).toEqual([false, false, false, false, false])
})

test('rows are a set, unless the statement or the caller says otherwise', () => {
  expect(differenceOf('select a from t', rows('1', '2'), rows('2', '1'))).toBeUndefined()
  expect(differenceOf('select a from t', rows('1', '1', '2'), rows('2', '1'))?.kind).toBe('result')
  expect(differenceOf('select a from t order by a', rows('1', '2'), rows('2', '1'))?.kind).toBe('result')
  expect(differenceOf('select a from t', rows('1', '2'), rows('2', '1'), { ordered: true })?.kind).toBe('result')
})

test('values are what the server sent: NULL is no text, and each byte counts', () => {
  expect(differenceOf('select a from t', rows(null), rows('NULL'))).toEqual({
    kind: 'result',
    answer: 'a\nNULL',
    baseline: "a\n'NULL'",
  })
  expect(differenceOf('select a from t', rows("'NULL'"), rows('NULL'))).toBeDefined()
  expect(differenceOf('select a from t', rows('1'), rows('1.0'))).toBeDefined()
  expect(differenceOf('select a from t', rows('caf\xc3\xa9'), rows('caf\xe9'))?.answer).toBe('a\ncafé')
  expect(differenceOf('select a from t', rows('x\u0000'), rows('x\u0001'))).toMatchObject({
    answer: String.raw`a${'\n'}x\x00`,
    baseline: String.raw`a${'\n'}x\x01`,
  })
})

test('errors are alike by their number', () => {
  expect(differenceOf('select', refused(1064), refused(1064))).toBeUndefined()
  expect(differenceOf('select', refused(1064), refused(1146))?.kind).toBe('error')
  expect(differenceOf('select', refused(1064), rows('1'))?.kind).toBe('failure')
  expect(differenceOf('select', rows('1'), refused(1064))?.kind).toBe('failure')
})

test('a plan has neither costs nor numbers of its own', () => {
  const columns = ['id', 'estRows', 'task', 'operator info']
  const plan = (count: string, number: number) => ({
    columns,
    rows: [[`└─Selection_${number}`, count, 'root', `gt(Column#${number}, 1), keep order:false, stats:pseudo`]],
    affectedRows: 0,
    info: '',
  })
  expect(comparablePlan(plan('1.00', 7))).toEqual(comparablePlan(plan('2.00', 12)))
  expect(comparablePlan(plan('1.00', 7)).rows).toEqual([['└─Selection', 'root', 'gt(Column#, 1), keep order:false']])
})
