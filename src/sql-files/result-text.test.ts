import { describe, expect, test } from 'vitest'
import { isError } from './expected-error.ts'
import { changesGlobals } from './global-change.ts'
import { parseReplaceRegex } from './replace-regex.ts'
import { replaceAll, toBytes, toLetters, writeResult, type Writing } from './result-text.ts'

const plain: Writing = { sorted: false, columns: new Map(), regexes: [], texts: [], vertical: false, lowercase: false }
const result = (columns: string[], ...rows: (string | null)[][]) => ({ columns, rows, affectedRows: 0, info: '' })
const replaced = (argument: string, text: string) => toLetters(replaceAll(toBytes(text), parseReplaceRegex(argument)))

describe('a result', () => {
  test('has names, tabs and NULL', () => {
    expect(writeResult(result(['a', 'b'], ['1', null], ['', 'NULL']), plain)).toBe('a\tb\n1\tNULL\n\tNULL\n')
  })

  test('has names alone where there are no rows, and is nothing without columns', () => {
    expect(writeResult(result(['a']), plain)).toBe('a\n')
    expect(writeResult(result([]), plain)).toBe('')
  })

  test('is sorted by bytes, NULL before the empty text, column by column', () => {
    const rows = result(['a', 'b'], ['b', '1'], ['a', '9'], ['a', '10'], ['', ''], [null, '2'], ['B', '1'])
    expect(writeResult(rows, { ...plain, sorted: true })).toBe('a\tb\nNULL\t2\n\t\nB\t1\na\t10\na\t9\nb\t1\n')
  })

  test('has columns replaced by number, those that are not there left out', () => {
    const columns = new Map([
      [2, '#'],
      [7, 'x'],
    ])
    expect(writeResult(result(['a', 'b'], ['1', null]), { ...plain, columns })).toBe('a\tb\n1\t#\n')
  })

  test('is vertical', () => {
    expect(writeResult(result(['a', 'b'], ['1', null]), { ...plain, vertical: true })).toBe('a\t1\nb\tNULL\n')
  })

  test('is NULL where a pattern leaves nothing', () => {
    const regexes = parseReplaceRegex('/x.*//')
    expect(writeResult(result(['a', 'b', 'c'], ['x1', '', 'y']), { ...plain, regexes })).toBe(
      'a\tb\tc\nNULL\tNULL\ty\n',
    )
  })
})

describe('replace_regex', () => {
  test.for([
    ['/a/b/', 'banana', 'bbnbnb'],
    ['/a/b/ /b/c/', 'abba', 'cccc'],
    ['/conn=[-0-9]+/conn=<num>/', 'conn=-12 x', 'conn=<num> x'],
    ['/.*: (?P<num>[0-9]+).*/n: $num/', 'max: 12 rest', 'n: 12'],
    ['/(a)(b)/$2$1/', 'ab', 'ba'],
    ['/(a)(b)/${2}x${1}$3/', 'ab', 'bxa'],
    ['/a\\/b/c\\/d/', 'a/b', 'c/d'],
    ['/},.*}/}/', '{a},{b}', '{a}'],
    ['/[.0-9]+[µms]*/<num>/', '1.5µs 7ms', '<num> <num>'],
    ['/(?i)ABC/x/', 'abc', 'x'],
    ['/[[:digit:]]+/#/', 'a12', 'a#'],
  ] as const)('%s makes %j into %j', ([argument, text, expected]) => {
    expect(replaced(argument, text)).toBe(expected)
  })

  test.for(['', '/a/', '/a/b', 'a', '/a/b/ /c/', '/(/b/'])('%j is refused', (argument) => {
    expect(() => parseReplaceRegex(argument)).toThrow(SyntaxError)
  })
})

test('errors are known by number and by both names', () => {
  const missing = { errno: 1146, code: 'ER_NO_SUCH_TABLE' }
  const denied = { errno: 1142, code: 'ER_TABLEACCESS_DENIED_ERROR' }
  expect(
    ['1146', 'ER_NO_SUCH_TABLE', 'ErrNoSuchTable', '1062', 'ER_BAD'].map((name) => isError(name, missing)),
  ).toEqual([...[true, true, true, false, false]])
  expect(['ErrTableaccessDenied', 'ER_TABLEACCESS_DENIED_ERROR'].map((name) => isError(name, denied))).toEqual([
    true,
    true,
  ])
})

test('statements that change more than databases', () => {
  const changing = [
    'set global a = 1',
    'SET @@global.a = 1',
    'set a = 1, global b = 2',
    'set @@session.a = 1, @@global.b = 2',
    'set persist a = 1',
    'create user u',
    'drop role r',
    'grant select on *.* to u',
    'create global binding for select 1 using select 1',
    'set password = "x"',
    'set config tikv a = 1',
    'insert into mysql.expr_pushdown_blacklist values (1)',
    'update `mysql`.user set a = 1'.replaceAll('`', ''),
  ]
  expect(changing.filter((sql) => !changesGlobals(sql))).toEqual([])
  const harmless = [
    'set a = 1',
    'create table user (a int)',
    'select @@global.a',
    'insert into t values (1)',
    'drop table t',
  ]
  expect(harmless.filter(changesGlobals)).toEqual([])
})
