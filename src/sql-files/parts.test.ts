import { expect, test } from 'vitest'
import { partsOf } from './parts.ts'

const texts = (text: string, file: string) => partsOf(text, file).map((part) => part.text)

test('a statement, a command and a block are parts; comments and empty lines go with what comes before them', () => {
  const parts = [
    '# first\nselect 1;\n\n# of it',
    'select\n  2;',
    '--error 1146',
    'select 3; select 4;',
    'while ($n)\n{\n  if ($m)\n  {\n    select 5;\n  }\n  dec $n;\n}',
    'delimiter //',
    'select 6 //',
    'delimiter ;',
    'select 7;\n',
  ]
  expect(texts(parts.join('\n'), 'a.test')).toEqual(parts)
})

test('records of sqllogictest are parts', () => {
  const parts = ['statement ok\ncreate table t (a int)\n', 'query I\nselect 1\n----\n1\n', 'halt\n']
  expect(texts(parts.join('\n'), 'a.slt')).toEqual(parts)
  expect(texts(parts.join('\n'), 'a.test')).toEqual(parts)
})
