import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SqlFileError } from './sql-file-error.ts'
import { testFile } from './test-file.ts'
import { parseTest } from './test-language.ts'

const texts = (text: string) =>
  parseTest(text, 'a.test').map((step) =>
    step.kind === 'statement' ? step.text : step.kind === 'command' ? `${step.name}(${step.argument})` : step.kind,
  )
const fault = (text: string, file = 'a.test') => {
  try {
    parseTest(text, file)
  } catch (error) {
    if (error instanceof SqlFileError) return error.message
    throw error
  }
  return 'no error'
}

describe('statements', () => {
  test('end with the last delimiter of a line; their lines lose what is white at both ends', () => {
    expect(texts('  select 1;  \nselect\n\t2,\r\n\n  3;\nselect 4; select 5;')).toEqual([
      'select 1;',
      'select\n2,\n3;',
      'select 4; select 5;',
    ])
  })

  test('begin behind a delimiter, where no comment stands', () => {
    expect(texts('select 1; # one\nselect 2; -- two\nselect 3; select\n4;')).toEqual([
      'select 1;',
      'select 2;',
      'select 3;',
      'select\n4;',
    ])
  })

  test('go on behind a delimiter in a text or a comment, unless it ends the line', () => {
    expect(texts("/* one; two's\n three */ select 1;\nselect 'a;b', \"it's;\" -- c;\n;\nselect 'd;\ne';")).toEqual([
      "/* one; two's\nthree */ select 1;",
      "select 'a;b', \"it's;\" -- c;",
      "select 'd;",
      "e';",
    ])
  })

  test('have another delimiter from where it is set', () => {
    const steps = parseTest('delimiter //\nselect 1;\nselect 2//\n--delimiter ;\nselect 3;', 'a.test')
    expect(steps).toMatchObject([
      { line: 2, text: 'select 1;\nselect 2//', sql: 'select 1;\nselect 2' },
      { line: 5, text: 'select 3;', sql: 'select 3;' },
    ])
  })

  test('with semicolons, end before a comment, a command and the end as well', () => {
    expect(texts('select 1\n# one\nselect 2\n--sorted_result\nselect 3')).toEqual([
      'select 1',
      'select 2',
      'sorted_result()',
      'select 3',
    ])
  })

  test('are not there where a delimiter stands by itself', () => {
    expect(texts(';\nselect 1;\n;;')).toEqual(['select 1;'])
  })
})

describe('commands', () => {
  test('stand behind dashes, or as a statement does', () => {
    expect(
      texts('--error 1062, 1146;\n-- sorted_result\nconnection default;\nconnect (a, localhost, root,,);'),
    ).toEqual(['error(1062, 1146)', 'sorted_result()', 'connection(default)', 'connect((a, localhost, root,,))'])
  })

  test('keep a delimiter that is text', () => {
    expect(texts('--echo a;\n--replace_regex /;/,/')).toEqual(['echo(a;)', 'replace_regex(/;/,/)'])
  })

  test('if and while know where they go on', () => {
    const steps = parseTest(
      'let $n = 2;\nwhile ($n)\n{\n  if ($n == 1) {\n  select 1;\n  }\n  dec $n;\n}\nselect 2;',
      'a.test',
    )
    expect(steps.map(({ kind }) => kind)).toEqual([
      'command',
      'unless',
      'unless',
      'statement',
      'command',
      'goto',
      'statement',
    ])
    expect(steps).toMatchObject([
      {},
      { target: 6 },
      { target: 4 },
      { settledAt: 6 },
      {},
      { target: 1 },
      { settledAt: 7 },
    ])
  })
})

describe('what is not right is told with its line', () => {
  test.for([
    [
      'select 1;\n\ndelimiter //\nselect 2;\n',
      'a.test:4: the statement that begins here is not ended before the end in line 5',
    ],
    [
      'delimiter //\nselect\n# one\n1//',
      'a.test:2: the statement that begins here is not ended before a comment in line 3',
    ],
    [
      'delimiter //\nselect\n--sorted_result\n1//',
      'a.test:2: the statement that begins here is not ended before a command',
    ],
    ['\n--sort_result\nselect 1;', 'a.test:2: there is no command sort_result\n  try: did you mean sorted_result?'],
    ['--frobnicate', 'a.test:1: there is no command frobnicate'],
    ['--perl', 'a.test:1: perl is not supported'],
    ['change_user root;', 'a.test:1: change_user is not supported'],
    ['--delimiter', 'a.test:1: delimiter needs what statements end with'],
    ['while ($n) {\nselect 1;', 'a.test:1: the block of this while is not closed: no } follows'],
    ['select 1;\n}', 'a.test:2: } without a block that it closes'],
    ['select 1;\n{', 'a.test:2: { without an if or a while before it'],
    ['select 1;\n--error 1146\n# nothing\n--sorted_result', 'a.test:2: error before nothing that could fail'],
    ['--source $there.inc', 'a.test:1: source takes the name of a file, and no variable'],
    ['--source not-there.inc', 'a.test:1: the file that is sourced here can’t be read'.replace('’', "'")],
  ])('%j', ([text = '', message = '']) => {
    expect(fault(text)).toContain(message)
  })

  test('files that source each other without end', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-source-'))
    try {
      const file = join(folder, 'a.test')
      writeFileSync(file, 'select 1;\n--source a.test\n')
      expect(fault('select 1;\n--source a.test\n', file)).toContain('files source each other more than 16 deep')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

test('statements, those of files that are sourced and the end are the cases of a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-source-'))
  try {
    writeFileSync(join(folder, 'b.inc'), '\n\nselect 2;\nset global a = 1;\n')
    const script = testFile.read('select 1;\n--source b.inc\n--echo done\n', join(folder, 'a.test'))
    expect(script.cases).toEqual([
      { line: 1, name: '1: select 1;' },
      { line: 2, name: '2: select 2;' },
      { line: 2, name: '2: set global a = 1;' },
      { line: 4, name: '4: the end of the result' },
    ])
    expect(script.global).toEqual([{ line: 2, name: '2: set global a = 1;' }])
    expect(script.includes).toEqual([join(folder, 'b.inc')])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
