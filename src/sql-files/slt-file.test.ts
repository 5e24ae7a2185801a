import { expect, test } from 'vitest'
import { readSqlFile } from './kinds.ts'
import { isSlt, sltFile } from './slt-file.ts'

test('a file is one of sqllogictest by what it begins with', () => {
  expect(isSlt('# about it\r\n\r\nstatement ok\r\ncreate table t (a int)\r\n')).toBe(true)
  expect(isSlt('hash-threshold 8\n')).toBe(true)
  expect(isSlt('onlyif mysql # DIV\nquery I\nselect 1\n')).toBe(true)
  expect(isSlt('query ITR rowsort\nselect 1\n')).toBe(true)
  for (const text of ['', '# query I\n', 'select 1;\n', 'query_vertical select 1;', 'halt;\n', '--error 1\n']) {
    expect({ text, isSlt: isSlt(text) }).toEqual({ text, isSlt: false })
  }
  const script = readSqlFile(Buffer.from('statement ok\nselect 1\n'), '/t/a.test')
  expect(script.cases).toEqual([{ line: 1, name: '1: select 1' }])
})

test('cases are called by their line, where they are from, and what is sent', () => {
  const text =
    'subtest sums\n\nquery I\nselect\n  1\n----\n1\n\nloop i 0 1\n\nstatement ok\ncreate database d${i}\n\nendloop\n'
  const { cases, databases, global } = sltFile.read(
    `${text}\nstatement ok\nset global max_connections = ${'1'.repeat(200)}\n`,
    '/t/a.slt',
  )
  expect(cases.map(({ name }) => name)).toEqual([
    '3: sums: select 1',
    '11: sums i=0: create database d0',
    expect.stringMatching(/^16: sums: set global max_connections = 1+…$/),
  ])
  expect(cases.map(({ line }) => line)).toEqual([3, 11, 16])
  expect(databases).toEqual(['d0'])
  expect(global).toEqual([cases[2]])
})
