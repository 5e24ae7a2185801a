import { expect, test } from 'vitest'
import { ExpectedText } from './expected-text.ts'

/** What each statement printed is compared with what was recorded: for each, nothing or what was recorded of it. */
function differences(recorded: string, printed: readonly (readonly [echo: string, result: string])[]) {
  const expected = new ExpectedText(recorded)
  const found = printed.map(([echo, result], at) =>
    expected.read(`${echo}${result}`, echo, () =>
      printed
        .slice(at + 1)
        .map(([next]) => next || undefined)
        .values(),
    ),
  )
  return [...found, expected.readRest('')].map((difference) => difference?.expected)
}

const A = ['a;\n', 'x\n1\n'] as const
const B = ['b;\n', ''] as const
const C = ['c;\n', 'y\n2\n'] as const
const all = 'a;\nx\n1\nb;\nc;\ny\n2\n'

test('what is as recorded', () => {
  expect(differences(all, [A, B, C])).toEqual([undefined, undefined, undefined, undefined])
})

test.for([
  ['another value', 'a;\nx\n3\nb;\nc;\ny\n2\n', ['a;\nx\n3\n', undefined, undefined, undefined]],
  ['a row more', 'a;\nx\n1\n2\nb;\nc;\ny\n2\n', ['a;\nx\n1\n2\n', undefined, undefined, undefined]],
  ['a row less', 'a;\nx\nb;\nc;\ny\n2\n', ['a;\nx\n', undefined, undefined, undefined]],
  ['a statement less', 'a;\nx\n1\nc;\ny\n2\n', [undefined, '', undefined, undefined]],
  ['a statement more', 'a;\nx\n1\nb;\nb2;\n7\nc;\ny\n2\n', [undefined, 'b;\nb2;\n7\n', undefined, undefined]],
  ['another statement', 'a;\nx\n1\nb2;\n5\nc;\ny\n2\n', [undefined, 'b2;\n5\n', undefined, undefined]],
  ['the last one less', 'a;\nx\n1\nb;\n', [undefined, undefined, '', undefined]],
  ['more at the end', `${all}d;\n`, [undefined, undefined, undefined, 'd;\n']],
  ['no newline at the end', all.slice(0, -1), [undefined, undefined, 'c;\ny\n2', undefined]],
  ['nothing', '', ['', '', '', undefined]],
  ['CRLF', all.replaceAll('\n', '\r\n'), ['', '', all.replaceAll('\n', '\r\n'), undefined]],
] as const)('%s is the difference of one statement', ([, recorded, expected]) => {
  expect(differences(recorded, [A, B, C])).toEqual(expected)
})

test('of statements that echo nothing, the next that does tells where they end', () => {
  expect(differences('1\n2\nc;\ny\n2\n', [['', '1\n'], ['', '2\n'], C])).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  expect(differences('1\n3\nc;\ny\n2\n', [['', '1\n'], ['', '2\n'], C])).toEqual([
    undefined,
    '3\n',
    undefined,
    undefined,
  ])
})

test('the same statement again and again', () => {
  const recorded = 'a;\nx\n1\na;\nx\n2\na;\nx\n1\n'
  expect(differences(recorded, [A, A, A])).toEqual([undefined, 'a;\nx\n2\n', undefined, undefined])
})
