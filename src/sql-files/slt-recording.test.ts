import { expect, test } from 'vitest'
import { parseSlt } from './slt-language.ts'
import { SltRecording } from './slt-recording.ts'

function linesOf(text: string, index = 0) {
  const lines = parseSlt(text, '/t/a.slt').records[index]?.lines
  if (lines === undefined) throw new TypeError('it can not be recorded')
  return lines
}

test('only what is expected is written anew', () => {
  const text = '# a\n\nquery I  rowsort\nselect 1 -- b\n----\n2\n3\n\n\nquery T\nselect 2\n'
  const recording = new SltRecording(text)
  expect(recording.isChanged).toBe(false)
  recording.replaceExpected(linesOf(text), ['1'])
  recording.replaceExpected(linesOf(text, 1), ['x', 'y'])
  expect(recording.isChanged).toBe(true)
  expect(recording.text()).toBe('# a\n\nquery I  rowsort\nselect 1 -- b\n----\n1\n\n\nquery T\nselect 2\n----\nx\ny\n')
})

test('lines end as those around them', () => {
  const text = 'query I\r\nselect 1\r\n----\r\n2\r\n\r\nstatement count 1\r\nb\r\n'
  const recording = new SltRecording(text)
  recording.replaceExpected(linesOf(text), ['1', '3'])
  recording.replaceInDirective(linesOf(text, 1), /(count )\d+/, (_, before) => `${before}7`)
  expect(recording.text()).toBe('query I\r\nselect 1\r\n----\r\n1\r\n3\r\n\r\nstatement count 7\r\nb\r\n')
})

test('a result that is empty now, and one that was', () => {
  const text = 'query I\nselect 1\n----\n2\n\nquery I\nselect 2\n----\n\nquery I\nselect 3\n----'
  const recording = new SltRecording(text)
  recording.replaceExpected(linesOf(text), [])
  recording.replaceExpected(linesOf(text, 1), ['5'])
  recording.replaceExpected(linesOf(text, 2), ['6'])
  expect(recording.text()).toBe('query I\nselect 1\n----\n\nquery I\nselect 2\n----\n5\n\nquery I\nselect 3\n----\n6')
})

test('an error is written in the form that it had', () => {
  const text =
    'statement error a.*b\nx\n\nstatement error (42000)\nx\n\nquery error pgcode 42000 c\nx\n\nstatement error\nx\n----\nold\n\nlines\n\n\n'
  const recording = new SltRecording(text)
  const answer = { message: 'no (such)\nthing', errno: 1, sqlState: '42S02' }
  parseSlt(text, '/t/a.slt').records.forEach((record, index) => {
    if (record.kind !== 'statement' || record.expected.kind !== 'error') throw new TypeError('no error')
    recording.replaceError(linesOf(text, index), record.expected.error, answer)
  })
  expect(recording.text()).toBe(
    [
      ...[String.raw`statement error no \(such\)`, 'x', '', 'statement error (42S02)', 'x', ''],
      ...[
        String.raw`query error pgcode 42S02 no \(such\)`,
        'x',
        '',
        'statement error',
        'x',
        '----',
        'no (such)',
        'thing',
        '',
        '',
        '',
      ],
    ].join('\n'),
  )
})
