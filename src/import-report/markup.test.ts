import { expect, test } from 'vitest'
import { markup, visible } from './markup.ts'

test('values are escaped, in text and in attributes', () => {
  const text = `<script>"&'`
  expect(markup`<p title="${text}">${text}</p>`.source).toBe(
    '<p title="&lt;script&gt;&quot;&amp;&#39;">&lt;script&gt;&quot;&amp;&#39;</p>',
  )
})

test('markup and lists of it stay as they are, and nothing stands for nothing', () => {
  const items = ['a', 'b<'].map((text) => markup`<li>${text}</li>`)
  expect(markup`<ul>${items}${false}${undefined}${0}</ul>`.source).toBe('<ul><li>a</li><li>b&lt;</li>0</ul>')
})

test.for([
  ['nul\u0000', 'nul␀'],
  ['\u001b[31mred', '␛[31mred'],
  ['\u007f', '␡'],
  ['a\u202eb\u2066c', 'a‹U+202E›b‹U+2066›c'],
  ['zero\u200bwidth\ufeff', 'zero‹U+200B›width‹U+FEFF›'],
  ['\u0085\u2028', '‹U+0085›‹U+2028›'],
  ['half \ud800 pair \udc00', 'half \ufffd pair \ufffd'],
  ['\ufffe\uffff\u{1fffe}', '‹U+FFFE›‹U+FFFF›‹U+1FFFE›'],
  ['a\r\nb\rc\td', 'a\nb␍c\td'],
  ['नम\u200dस्ते 😀 שלום', 'नम\u200dस्ते 😀 שלום'],
] as const)('of %j, what can not be seen is shown', ([text, seen]) => {
  expect(visible(text)).toBe(seen)
})
