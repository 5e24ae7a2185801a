import { expect, test } from 'vitest'
import { a, historyOf, r, randomHistory, tx } from '../../fixtures/histories.ts'
import { formatHistory, parseHistory } from './history-lines.ts'

test('what was written is read as it was', () => {
  const unknown = historyOf(tx([a(1, 1), { kind: 'read', key: 2, values: undefined }, r(1, 1)], { end: 'unknown' }))
  for (const history of [historyOf(), unknown, { ...randomHistory(7, 4), seed: 'mine' }]) {
    expect(parseHistory(formatHistory(history))).toEqual(history)
  }
})

test.for([
  [
    'cut off in its last line',
    (text: string) => text.slice(0, -5),
    /line 3 of the history can't be read: it is cut off/,
  ],
  ['without an end', () => '', /line 1 .* it is not JSON/],
  ['not JSON', (text: string) => text.replace('{"session', '{session'), /line 2 .* it is not JSON/],
  ['of another end', (text: string) => text.replace('committed', 'done'), /line 2 .* end: .*done/],
  ['of another kind', (text: string) => text.replace('append', 'push'), /line 2 .* operations\.0\.kind: /],
  ['with a key that nobody knows', (text: string) => text.replace('"end"', '"more":1,"end"'), /line 2 .* more: /],
  [
    'with a value that is none',
    (text: string) => text.replace('"value":1', '"value":1.5'),
    /line 2 .* operations\.0\.value: /,
  ],
] as const)('a history that is %s is refused by its line', ([, spoil, message]) => {
  const text = formatHistory(historyOf(tx([a(1, 1)]), tx([r(1, 1)])))
  expect(() => parseHistory(spoil(text))).toThrow(message)
})
