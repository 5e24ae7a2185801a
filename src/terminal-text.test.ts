import { describe, expect, test } from 'vitest'
import { fitToPrint } from './redact.ts'
import { clean, columnsOf, isolated, marksIn, shorten, shortenLine } from './terminal-text.ts'

test.for([
  ['colours', '\x1b[31mred\x1b[0m', 'red'],
  ['a colour before a bell', '\x1b[31mred\x07', 'red\ufffd'],
  ['a cleared screen', 'a\x1b[2J\x1b[Hb', 'ab'],
  ['the title of a window', '\x1b]0;mine\x07a', 'a'],
  ['a link', '\x1b]8;;https://example.com\x1b\\here\x1b]8;;\x1b\\', 'here'],
  ['one-byte control characters of the upper half', 'a\x9b31mb', 'ab'],
  ['a bell, a backspace and half a sequence', 'a\x07b\x08c\x1b', 'a\ufffdb\ufffdc\ufffd'],
  ['lines', 'first\r\n\tsecond\u2028third', 'first second third'],
  ['a turned writing direction', 'abc\u202edef', 'abc\ufffddef'],
  ['half a character', 'a\ud83d', 'a\ufffd'],
  ['HTML, which a terminal shows as it is', '<b>&amp;</b>', '<b>&amp;</b>'],
] as const)('%s', ([, text, expected]) => {
  expect(clean(text)).toBe(expected)
})

test.for([
  ['orders', 6],
  ['注文表', 6],
  ['주문', 4],
  ['é', 1],
  ['🚀', 2],
  ['🇩🇪', 2],
  ['ｗｉｄｅ', 8],
] as const)('%s takes %d columns', ([text, columns]) => {
  expect(columnsOf(text)).toBe(columns)
})

test('a text is cut by columns, never within a character', () => {
  expect(shorten('orders', 6)).toBe('orders')
  expect(shorten('orders', 4)).toBe('ord…')
  expect(shorten('注文表', 5)).toBe('注文…')
  expect(shorten('注文表', 4)).toBe('注…')
  expect(shorten('🇩🇪🇫🇷🇮🇹', 5)).toBe('🇩🇪🇫🇷…')
  expect(shorten('orders', 0)).toBe('')
})

test('marks around a text from right to left take no columns, and are closed where it is cut', () => {
  expect(isolated('orders')).toBe('orders')
  expect(isolated('طلب')).toBe('\u2068طلب\u2069')
  expect([columnsOf(isolated('طلب')), marksIn(isolated('طلب'))]).toEqual([3, 2])
  expect(shorten(`${isolated('طلب')} 7`, 5)).toBe('\u2068طلب\u2069 7')
  expect(shorten(isolated('طلبات'), 4)).toBe('\u2068طلب…\u2069')
  expect(shorten(`${isolated('طلب')} orders`, 6)).toBe('\u2068طلب\u2069 o…')
  expect(shortenLine(isolated('طلبات'), 5)).toBe('\u2068طل…\u2069')
})

test('a line is no longer than the terminal is wide, by columns and by length', () => {
  expect(shortenLine('🇩🇪🇫🇷🇮🇹', 9)).toBe('🇩🇪🇫🇷…')
  // One column, a hundred code units.
  expect(shortenLine(`a${'\u0301\u0316'.repeat(50)}bc`, 10)).toBe('…')
})

describe('a text of several lines', () => {
  test.for([
    ['keeps its lines and tabs', 'a\n\tb\r\nc', 'a\n\tb\nc'],
    ['moves no cursor and turns no writing direction', 'a\x1b[2J\x1b]0;t\x07b\x08\u202ec\x9b31md', 'ab\ufffd\ufffdcd'],
    ['begins no line that a terminal would overwrite', 'a\rb\u2028c\x85d', 'a\nb\nc\nd'],
    [
      'gives GitHub no command',
      'job failed\n::warning::x\n  ::error file=a::y',
      'job failed\n: :warning::x\n  : :error file=a::y',
    ],
    ['nor one in the middle of a line', 'job failed ##[error]x ##[add-mask]y', 'job failed # #[error]x # #[add-mask]y'],
    ['has no secrets', "near identified by 'hunter2'", "near identified by '***'"],
    ['is else as it is', 'std::string a::b # [x] 注文', 'std::string a::b # [x] 注文'],
  ] as const)('%s', ([, text, expected]) => {
    expect(fitToPrint(text)).toBe(expected)
    expect(fitToPrint(expected)).toBe(expected)
  })
})

test('one line gives GitHub no command either', () => {
  expect(clean(' ::warning::x')).toBe(': :warning::x')
  expect(clean('a ##[error]b')).toBe('a # #[error]b')
})
