import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parseSlt } from './slt-language.ts'
import type { QueryRecord, SltRecord } from './slt-record.ts'

const FILE = '/t/a.slt'

function read(text: string): readonly SltRecord[] {
  return parseSlt(text, FILE).records
}

function query(text: string): QueryRecord {
  const record = read(text).find(({ kind }) => kind === 'query')
  if (record?.kind !== 'query') throw new TypeError('no query')
  return record
}

test('statements have their line, their SQL and what has to become of them', () => {
  const records = read(
    [
      ...['# about this file', '', 'statement ok', 'create table t (', '  id int)', ''],
      ...['statement count 2', 'insert into t values (1), (2)', ''],
      ...['statement error (?i)DUPLICATE  entry', 'insert into t values (1)', ''],
      ...['statement error (42S02)', 'select * from u', ''],
      ...['statement error pgcode 42S02 no such', 'select * from u', ''],
      ...[
        'statement error',
        'select 1 +',
        '----',
        'You have an error',
        '',
        'near the end',
        '',
        '',
        'statement ok',
        'select 1',
      ],
    ].join('\n'),
  )
  expect(records).toMatchObject([
    { kind: 'statement', at: 3, sql: 'create table t (\n  id int)', expected: { kind: 'ok' } },
    { at: 7, expected: { kind: 'count', rows: 2 } },
    { at: 10, expected: { kind: 'error', error: { kind: 'matches', pattern: /DUPLICATE  entry/i } } },
    { at: 13, expected: { kind: 'error', error: { kind: 'state', state: '42S02' } } },
    { at: 16, expected: { kind: 'error', error: { kind: 'state', state: '42S02', message: /no such/ } } },
    { at: 19, expected: { kind: 'error', error: { kind: 'equals', text: 'You have an error\n\nnear the end' } } },
    { at: 27, expected: { kind: 'ok' } },
  ])
})

test('queries have types, a sort mode, a label and what they return', () => {
  expect(query('query ITR rowsort same\nselect 1\n----\n1 a 1.500\nNULL\n\nhalt')).toMatchObject({
    ...{ types: 'ITR', sort: 'rowsort', label: 'same', expected: ['1 a 1.500', 'NULL'] },
    lines: { directive: 0, delimiter: 2, hasDelimiter: true, end: 5 },
  })
  expect(query('query I same\nselect 1')).toMatchObject({ sort: 'nosort', label: 'same', expected: undefined })
  expect(query('query I\nselect 1')).toMatchObject({ expected: [], lines: { delimiter: 2, hasDelimiter: false } })
  expect(query('query IT colnames,rowsort\nselect 1')).toMatchObject({ sort: 'rowsort', columnNames: true })
  expect(query('query IT partialsort(2,1),colnames same\nselect 1')).toMatchObject({
    ...{ sort: 'nosort', orderedBy: [2, 1], columnNames: true, label: 'same' },
  })
  expect(query('control sortmode valuesort\ncontrol resultmode valuewise\n\nquery I\nselect 1')).toMatchObject({
    ...{ sort: 'valuesort', resultMode: 'valuewise' },
  })
  expect(query('hash-threshold 8\n\nquery I retry 3 backoff 1s500ms\nselect 1')).toMatchObject({
    ...{ hashThreshold: 8, retry: { attempts: 3, backoffMs: 1_500 } },
  })
})

test('lines may end with CR LF', () => {
  expect(query('query T\r\nselect 1\r\n----\r\na\r\n\r\n')).toMatchObject({ sql: 'select 1', expected: ['a'] })
})

test('what is for other engines is skipped, and says so', () => {
  const text = [
    'skipif mysql # DIV',
    'statement ok',
    'a',
    '',
    'onlyif TiDB',
    'statement ok',
    'b',
    '',
    'skipif sqlite',
    'statement ok',
    'c',
    '',
  ]
  const halt = ['onlyif sqlite', 'halt', '', 'statement ok', 'd', '', 'halt', '', 'statement ok', 'e']
  expect(read([...text, ...halt].join('\n')).map(({ skipped }) => skipped)).toEqual([
    ...['skipif mysql: this is tidb or mysql', undefined, undefined, undefined, 'halt in line 19'],
  ])
})

test('loops are written out, with the lines that they have', () => {
  const records = read(
    'loop i 1 3\n\nforeach n a b\n\nonlyif i=2\nstatement ok\ninsert ${n}${i}\n\nendloop\n\nendloop\n',
  )
  expect(records).toMatchObject([
    { at: 6, sql: 'insert a1', context: 'i=1 n=a', skipped: 'onlyif i=2' },
    { at: 6, sql: 'insert b1', context: 'i=1 n=b' },
    { at: 6, sql: 'insert a2', context: 'i=2 n=a', skipped: undefined, lines: undefined },
    { at: 6, sql: 'insert b2', context: 'i=2 n=b' },
  ])
})

test('what holds for the next record holds for that only', () => {
  const records = read(
    'connection b\nrepeat 2\nstatement ok\na\n\nstatement ok\nb\n\nretry\nstatement ok\nc\n\nuser u\n\nstatement ok\nd\n',
  )
  expect(records).toMatchObject([
    { sql: 'a', connection: 'b' },
    { sql: 'a', connection: 'b' },
    { sql: 'b', connection: 'default', retry: undefined, user: undefined },
    { sql: 'c', retry: { backoffMs: 100 } },
    { sql: 'd', retry: undefined, user: 'u' },
  ])
})

test('a file includes others by a pattern, and its lines are the ones that ask for them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slt-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'b.slt.part'), 'statement ok\nb')
  writeFileSync(join(folder, 'a.slt.part'), '\nstatement ok\na')
  const file = join(folder, 'all.slt')
  const { records, includes } = parseSlt('\ninclude ./*.slt.part\n', file)
  expect(includes).toEqual([join(folder, 'a.slt.part'), join(folder, 'b.slt.part')])
  expect(records).toMatchObject([
    {
      at: 2,
      place: { file: join(folder, 'a.slt.part'), line: 2 },
      context: 'a.slt.part:2',
      sql: 'a',
      lines: undefined,
    },
    { at: 2, place: { line: 1 }, sql: 'b' },
  ])
  writeFileSync(join(folder, 'a.slt.part'), 'statement ok\n\n')
  expect(() => parseSlt('include a.slt.part', file)).toThrow(`${join(folder, 'a.slt.part')}:1: nothing to be sent`)
  writeFileSync(join(folder, 'a.slt.part'), 'include a.slt.part')
  expect(() => parseSlt('include a.slt.part', file)).toThrow('files include each other more than 16 deep')
})

test('the dialect is told by a comment, or by the head that DuckDB and CockroachDB write', () => {
  const dialect = (text: string) => parseSlt(text, FILE).dialect
  expect(dialect('# dialect: sqlite\n\nstatement ok\na')).toBe('sqlite')
  expect(dialect('# name: test/a.test\n# group: [a]\n\nstatement ok\na')).toBe('duckdb')
  expect(dialect('# LogicTest: local\n\nstatement ok\na')).toBe('cockroachdb')
  expect(dialect('statement ok\na\n\n# dialect: sqlite')).toBe('auto')
  expect(() => dialect('# dialect: oracle')).toThrow('/t/a.slt:1: oracle is no dialect')
})

test('DuckDB has connections where others have labels and patterns', () => {
  const records = read(
    '# group: [a]\n\nstatement ok con1\na\n\nquery I con2\nb\n----\n1\n\nstatement error con3\nc\n----\nno such\n\nstatement maybe\nd\n----\nlocked\n',
  )
  expect(records).toMatchObject([
    { connection: 'con1' },
    { connection: 'con2', label: undefined },
    { connection: 'con3', expected: { kind: 'error', error: { kind: 'contains', text: 'no such' } } },
    { connection: 'default', expected: { kind: 'maybe', error: { kind: 'contains', text: 'locked' } } },
  ])
})

test.for([
  ['statement', 1, 'statement is ok, error or count, and not nothing'],
  ['statement fine\na', 1, 'statement is ok, error or count, and not fine'],
  ['statement ok b\na', 1, 'what is b for?'],
  ['statement ok\n\na', 1, 'nothing to be sent follows'],
  ['statement ok\n# a', 1, 'nothing to be sent follows'],
  ['statement ok\na\n----\n1', 3, 'a statement has no result, which is for query'],
  ['statement ok\na\nstatement ok\nb', 3, 'an empty line is missing before this'],
  ['statement count many\na', 1, 'statement count needs a whole number, and not many'],
  ['statement error (\na', 1, 'the pattern of the error can’t be read'],
  ['statement error x\na\n----\ny', 1, 'what the error says stands behind it or below it, and not both'],
  ['query\na', 1, 'query needs a letter for each column, or error'],
  ['query 12\na', 1, '12 are no types'],
  ['query I rowsort a b\nselect', 1, 'what is b for?'],
  ['query II partialsort(1,3)\nselect', 1, 'there is no column 3: its types are II'],
  ['query I partialsort(a)\nselect', 1, 'partialsort needs a whole number from 1, and not a'],
  ['query I kvtrace\nselect', 1, 'kvtrace is not supported: it is CockroachDB’s own'],
  ['query I\nselect 1\n----\n<REGEX>:(\n', 4, 'the pattern can’t be read'],
  ['query I retry 0 backoff 1s\nselect 1', 1, 'retry needs a whole number from 1, and not 0'],
  ['query I retry 2 backoff soon\nselect 1', 1, 'soon is no duration, such as 500ms or 2s'],
  ['\n----\n1', 2, 'no statement or query stands before this'],
  ['let\nselect 1', 1, 'let needs names'],
  ['let a-b\nselect 1', 1, 'a-b is no name of a variable'],
  ['let a\nselect 1\n----\n1', 3, 'let takes a result, and expects none'],
  ['system\nls', 1, 'of system there is only system ok'],
  ['loop i 1 3\nstatement ok\na', 1, 'no endloop ends this'],
  ['loop i 1\nendloop', 1, 'loop needs a variable, its first value and the one after the last'],
  ['loop i 0 2000000\nstatement ok\na\n\nendloop', 1, 'loops and repetitions make more than 100,000 records'],
  ['foreach x\nendloop', 1, 'foreach needs a variable and its values'],
  ['foreach x <integral>\nendloop', 1, '<integral> is not supported'],
  ['endloop', 1, 'endloop without loop or foreach'],
  ['concurrentloop i 0 3\nendloop', 1, 'concurrentloop is not supported: it is DuckDB’s own'],
  ['require', 1, 'require needs the name of what DuckDB is to have'],
  ['traceon a', 1, 'traceon is not supported: it is CockroachDB’s own'],
  ['select 1', 1, 'unknown directive select'],
  ['include nothing.slt', 1, 'no file is called nothing.slt'],
  ['include', 1, 'include needs one pattern of files'],
  ['control', 1, 'control knows sortmode, resultmode and substitution'],
  ['control sortmode up', 1, 'up is no sort mode: nosort, rowsort, valuesort'],
  ['control resultmode x', 1, 'resultmode is rowwise or valuewise'],
  ['control substitution maybe', 1, 'substitution is on or off'],
  ['mode debug', 1, 'of the modes of DuckDB there are skip and unskip, and not debug'],
  ['hash-threshold x', 1, 'hash-threshold needs a whole number, and not x'],
  ['sleep long', 1, 'long is no duration'],
  ['sleep', 1, 'nothing is no duration'],
  ['connection', 1, 'connection needs one name'],
  ['user a b', 1, 'user needs one name'],
  ['subtest', 1, 'subtest needs a name'],
  ['repeat 0', 1, 'repeat needs a whole number from 1, and not 0'],
  ['retry 3', 1, 'retry stands alone on its line'],
  ['reset all', 1, 'only labels can be reset: reset label x'],
  ['skipif\nstatement ok\na', 1, 'skipif needs the name of an engine'],
  ['skipif a b\nstatement ok\na', 1, 'one engine is named, and not also b'],
  ['skipif i=3\nstatement ok\na', 1, 'i is no variable of a loop around this'],
  ['\nskipif mysql\n', 2, 'no record follows that this could be for'],
] as const)('%j is an error of line %i', ([text, line, what]) => {
  expect(() => read(text)).toThrow(`${FILE}:${line}: ${what}`)
})

test('what requires an extension of DuckDB is skipped, and what requires something of its build is not', () => {
  const records = read('require noforcestorage\n\nstatement ok\nselect 1\n\nrequire json\n\nstatement ok\nselect 2')
  expect(records.map(({ skipped }) => skipped)).toEqual([undefined, 'require json in line 6: it is DuckDB’s own'])
})
