import { expect, test } from 'vitest'
import type { Lane, Mark } from './time-line.ts'
import { timeLineSvg } from './time-line-svg.ts'

interface Element {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: Element[]
  text: string
}

// What XML 1.0 allows in a document.
const LEGAL = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u
const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' }

/** Reads the part of XML that a drawing may use, and throws at whatever is not well-formed. */
function parse(xml: string): Element {
  if (!LEGAL.test(xml)) throw new Error('a character that XML does not allow')
  const root: Element = { name: '', attributes: new Map(), children: [], text: '' }
  const open = [root]
  let read = 0
  for (const [token, closing, name = '', rest = '', empty, text] of xml.matchAll(
    /<(\/?)([a-zA-Z]+)((?:\s+[a-zA-Z][\w:-]*="[^"<]*")*)\s*(\/?)>|([^<]+)/g,
  )) {
    read += token.length
    const inside = open.at(-1)
    if (inside === undefined) throw new Error('something after the end')
    if (text !== undefined) inside.text += decode(text)
    else if (closing === '/') {
      if (inside.name !== name) throw new Error(`</${name}> closes <${inside.name}>`)
      open.pop()
    } else {
      const attributes = [...rest.matchAll(/([a-zA-Z][\w:-]*)="([^"]*)"/g)]
      const names = attributes.map(([, key]) => key)
      if (new Set(names).size < names.length) throw new Error(`an attribute stands twice in <${name}>`)
      const element: Element = {
        name,
        attributes: new Map(attributes.map(([, key = '', value = '']) => [key, decode(value)])),
        children: [],
        text: '',
      }
      inside.children.push(element)
      if (empty !== '/') open.push(element)
    }
  }
  if (read < xml.length) throw new Error('a < that opens nothing')
  if (open.length > 1) throw new Error(`<${open.at(-1)?.name}> is never closed`)
  const [svg] = root.children
  if (svg === undefined || root.children.length > 1 || root.text.trim() !== '') throw new Error('not one root')
  return svg
}

function decode(text: string): string {
  if (/&(?!(?:amp|lt|gt|quot);)/.test(text)) throw new Error(`a bare & in ${text}`)
  return text.replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity)
}

function all(element: Element, name: string): Element[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...all(child, name)])
}

function number(element: Element, attribute: string): number {
  const value = Number(element.attributes.get(attribute) ?? 'none')
  expect(value).not.toBeNaN()
  return value
}

function lane(name: string, ...marks: Mark[]): Lane {
  return { name, note: 'in Connecting', failed: false, marks }
}

/** The group whose tooltip begins with this. */
function groupOf(svg: Element, tooltip: string): Element {
  const group = all(svg, 'g').find(({ children }) => children[0]?.text.startsWith(tooltip))
  if (group === undefined) throw new Error(`no mark says ${tooltip}`)
  return group
}

const classesIn = (element: Element) =>
  [...all(element, 'rect'), ...all(element, 'path')].map((one) => one.attributes.get('class'))

test.for([
  ['<>', 'a < that opens nothing'],
  ['<a', 'a < that opens nothing'],
  ['<a b="<"/>', 'a < that opens nothing'],
  ['<a>b && c</a>', 'a bare &'],
  ['<a>', '<a> is never closed'],
  ['<a></b>', '</b> closes <a>'],
  ['<a b="1" b="2"/>', 'an attribute stands twice in <a>'],
  ['<a>\u0000</a>', 'a character that XML does not allow'],
  ['<a/><b/>', 'not one root'],
] as const)('the reader of this test refuses %j', ([xml, message]) => {
  expect(() => parse(xml)).toThrow(message)
})

test('the drawing is well-formed and says what it is', () => {
  const svg = parse(timeLineSvg([lane('alice', { at: 5, until: 9, label: 'begin', tone: 'statement' }), lane('bob')]))
  expect([svg.name, svg.attributes.get('role')]).toEqual(['svg', 'img'])
  expect(svg.children.slice(0, 2).map(({ name }) => name)).toEqual(['title', 'desc'])
  expect(svg.children[0]?.text).toBe('Time line of 2 sessions')
})

test('it loads nothing and runs nothing', () => {
  const source = timeLineSvg([lane('alice', { at: 5, until: 9, label: 'begin', tone: 'wait' })])
  expect(source.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
    /https?:|<script|href|@import|@font-face|url\((?!#)/,
  )
})

test('whatever a statement or a name holds arrives as text', () => {
  const sql = `select "<b>" & '</text>' from t where a < 1 and b = "&lt;"`
  const svg = parse(timeLineSvg([lane('<al&ice>', { at: 1, until: 2, label: sql, detail: ']]>', tone: 'statement' })]))
  expect(all(svg, 'title').map(({ text }) => text)).toContain(`${sql}\n]]>\nat +0.0 ms, took 1 ms`)
  expect(all(svg, 'text').map(({ text }) => text)).toContain('<al&ice>')
})

test('characters that XML can not hold are replaced', () => {
  const label = 'a\u0000b\u001b[0mc\ud800d\ufffee\u{1f600}'
  const svg = parse(timeLineSvg([lane('n\u0001', { at: 1, label, detail: '\udc00', tone: 'failure' })]))
  expect(all(svg, 'title').at(-1)?.text).toBe('a\u{fffd}bc\u{fffd}d\u{fffd}e\u{1f600}\n\u{fffd}\nat +0.0 ms')
})

test('a failure differs by its shape and words, a wait by its hatching, what is under way by its edge', () => {
  const svg = parse(
    timeLineSvg([
      lane(
        'bob',
        { at: 0, until: 40, label: 'update t', tone: 'statement' },
        { at: 10, until: 30, label: 'blocked: update t', end: 'released', tone: 'wait' },
        { at: 50, until: 80, label: 'barrier ready', end: 'gave up', tone: 'failure' },
        { at: 85, label: 'barrier done', tone: 'wait' },
        { at: 100, label: 'signalled go', tone: 'event' },
      ),
    ]),
  )
  expect(classesIn(groupOf(svg, 'update t'))).toEqual(['statement'])
  expect(classesIn(groupOf(svg, 'blocked'))).toEqual(['wait', 'hatched'])
  expect(classesIn(groupOf(svg, 'barrier ready'))).toEqual(['failure', 'cross'])
  expect(classesIn(groupOf(svg, 'barrier done'))).toEqual(['wait open', 'hatched'])
  expect(classesIn(groupOf(svg, 'signalled'))).toEqual(['event'])
  expect(all(groupOf(svg, 'barrier ready'), 'text')[0]?.text).toBe('gave up: barrier ready')
  expect(all(svg, 'text').map(({ text }) => text)).toContain('✗ bob')
  expect(svg.children[1]?.text).toContain('bob: barrier ready, gave up, at +50.0 ms, took 30 ms.')
})

test('lengths are to scale, on an axis with round ticks', () => {
  const svg = parse(
    timeLineSvg([
      lane('a', ...[0, 8, 16, 24, 32].map((at): Mark => ({ at, until: at + 4, label: `q${at}`, tone: 'statement' }))),
      lane('b', { at: 3, until: 15, label: 'long', tone: 'statement' }),
    ]),
  )
  const width = (tooltip: string) => number(all(groupOf(svg, tooltip), 'rect')[0] ?? svg, 'width')
  expect(width('long') / width('q8')).toBeCloseTo(3, 1)
  const ticks = all(svg, 'text').filter(({ attributes }) => attributes.get('text-anchor') === 'middle')
  expect(ticks.map(({ text }) => text)).toEqual([
    '+0 ms',
    '+5 ms',
    '+10 ms',
    '+15 ms',
    '+20 ms',
    '+25 ms',
    '+30 ms',
    '+35 ms',
  ])
})

test('a short mark stays visible, and a long idle time is cut out and says how long it was', () => {
  const svg = parse(
    timeLineSvg([
      lane(
        'carol',
        { at: 0, until: 0.001, label: 'begin', tone: 'statement' },
        { at: 4, until: 8, label: 'select 1', tone: 'statement' },
        { at: 10, until: 5010, label: 'barrier', end: 'gave up', tone: 'failure' },
        { at: 5011, label: 'failed', tone: 'failure' },
      ),
    ]),
  )
  const width = (tooltip: string) => number(all(groupOf(svg, tooltip), 'rect')[0] ?? svg, 'width')
  expect(width('begin')).toBe(2)
  expect(width('select 1')).toBeGreaterThan(200)
  const axis = all(svg, 'text').filter(({ attributes }) => attributes.get('text-anchor') === 'middle')
  expect(axis.map(({ text }) => text)).toEqual(expect.arrayContaining(['5 s', '+5,010 ms']))
})

const scattered = Array.from({ length: 60 }, (_, index): Mark => {
  const at = index * 7 + (index % 5)
  const tone = (['statement', 'wait', 'failure', 'event'] as const)[index % 4] ?? 'state'
  const until = tone === 'event' ? undefined : at + ((index * 13) % 23) + 0.1
  return { at, until, label: `${tone} ${index} ${'x'.repeat(index % 30)}`, tone }
})
const atOnce = Array.from({ length: 12 }, (_, index): Mark => {
  return { at: index * 5, until: 100 + index, label: `select ${index} ${'x'.repeat(90)}`, tone: 'statement' }
})

test.for([
  ['follow each other', scattered, 20],
  ['go on at once', atOnce, 6],
] as const)('labels of marks that %s reach into no other label or bar', ([, marks, least]) => {
  const boxes = all(parse(timeLineSvg([lane('alice', ...marks)])), 'g').map((group) => {
    const box = (element: Element) => {
      const begin = number(element, 'x')
      return { y: number(element, 'y'), begin, end: begin + number(element, 'width') }
    }
    return { bar: all(group, 'rect').map(box)[0], words: all(group, 'svg').map(box)[0] }
  })
  const apart = (a: (typeof boxes)[0]['bar'], b: typeof a) =>
    a === undefined || b === undefined || a.y !== b.y || a.end <= b.begin || b.end <= a.begin
  expect(boxes.filter(({ words }) => words !== undefined).length).toBeGreaterThanOrEqual(least)
  for (const [index, { bar, words }] of boxes.entries()) {
    for (const other of boxes.slice(index + 1)) {
      expect(apart(words, other.words) && apart(words, other.bar) && apart(bar, other.words)).toBe(true)
    }
  }
})

test('sessions and marks are bounded, and what is left out is counted', () => {
  const marks = Array.from({ length: 1000 }, (_, index): Mark => ({ at: index, label: 'joined', tone: 'event' }))
  const lanes = Array.from({ length: 120 }, (_, index) => lane(`session-${index}`, ...marks))
  lanes[119] = lane('last', { at: 3, label: 'failed', tone: 'failure' }, ...marks)
  const svg = parse(timeLineSvg(lanes))
  const words = all(svg, 'text').map(({ text }) => text)
  expect(words).toContain('and 70 more sessions, not shown')
  expect(words).toContain('970 marks not shown')
  expect(words).toContain('✗ last')
  expect(all(svg, 'g')).toHaveLength(50 * 30)
})

test('nothing happened: the drawing is empty and still a drawing', () => {
  expect(all(parse(timeLineSvg([])), 'g')).toEqual([])
  expect(all(parse(timeLineSvg([lane('alice')])), 'text').map(({ text }) => text)).toContain('alice')
})
