import { expect, test } from 'vitest'
import type { Lane, Mark } from './time-line.ts'
import { formatTimeLine } from './time-line-text.ts'

function lane(name: string, marks: readonly Mark[], rest: Partial<Lane> = {}): Lane {
  return { name, note: 'in Connecting', failed: false, marks, ...rest }
}

const T = 1_760_000_000_000
const alice = lane('alice', [
  { at: T, until: T + 2.7, label: 'Connecting', tone: 'state' },
  { at: T + 5, until: T + 5.4, label: 'update t set a = 1', end: '1 rows', tone: 'statement' },
  { at: T + 18.5, until: T + 20.1, label: 'commit', tone: 'statement' },
])
const update = 'update account set balance = 20'
const bob = lane('bob', [
  { at: T + 0.02, until: T + 3, label: 'Connecting', tone: 'state' },
  { at: T + 6, until: T + 20.2, label: update, tone: 'statement' },
  { at: T + 8, until: T + 20, label: `blocked: ${update}`, end: 'released', tone: 'wait' },
  { at: T + 21, label: 'failed', detail: 'expected 10 to be 20', end: 'failed', tone: 'failure' },
])

test('time flows down, a column per session, and a wait shows where it began and ended', () => {
  expect(`\n${formatTimeLine([alice, bob], { width: 70 })}\n`).toBe(`
          alice                          bob
          in Connecting                  in Connecting
────────  ─────────────────────────────  ─────────────────────────────
 +0.0 ms  ✓ Connecting 2.7 ms            ✓ Connecting 3 ms
 +5.0 ms  update t set a = 1 0.4 ms
 +6.0 ms                                 update account set b… 14.2 ms
 +8.0 ms                                 ┌ blocked: update account se…
+18.5 ms  commit 1.6 ms                  │
+20.0 ms                                 └ released after 12 ms
+21.0 ms                                 ✗ failed: expected 10 to be…
`)
})

test('a failure with a length says how it began and how it ended; what has no end says so', () => {
  const text = formatTimeLine([
    lane('carol', [
      { at: T, until: T + 0.7, label: 'insert into t values (1)', end: 'error 1062', tone: 'failure' },
      { at: T + 1, until: T + 6, label: 'barrier ready', end: 'gave up', detail: 'bob is missing', tone: 'failure' },
      { at: T + 7, label: 'select sleep(60)', tone: 'statement' },
      { at: T + 8, label: 'barrier done', tone: 'wait' },
      { at: T + 9, label: 'signalled go', detail: '42', tone: 'event' },
    ]),
  ])
  expect(text.split('\n').slice(3)).toEqual([
    '+0.0 ms  ┌ insert into t values (1)',
    '+0.7 ms  └ ✗ error 1062 after 0.7 ms',
    '+1.0 ms  ┌ barrier ready',
    '+6.0 ms  └ ✗ gave up after 5 ms: bob is missing',
    '+7.0 ms  select sleep(60) under way',
    '+8.0 ms  ┌ barrier done',
    '+9.0 ms  │ • signalled go: 42',
    '         │ still waiting',
  ])
})

test('more sessions than fit are counted and named, and the failed one is shown', () => {
  const lanes = Array.from({ length: 100 }, (_, index) =>
    lane(`session-${index}`, [{ at: T + index, label: 'joined', tone: 'event' }]),
  )
  lanes[57] = lane('session-57', [{ at: T + 99, label: 'failed', tone: 'failure' }], { failed: true })
  const lines = formatTimeLine(lanes).split('\n')
  expect(lines[0]?.trim().split(/\s+/)).toEqual(['session-0', 'session-1', 'session-57'])
  expect(lines.at(-1)).toMatch(/^and 97 more sessions, not shown: session-2, session-3, .*…$/)
  expect(lines.at(-2)).toContain('✗ failed')
})

test('only the last moments are shown, and those before them counted', () => {
  const marks = Array.from({ length: 90 }, (_, index): Mark => {
    return { at: T + index, until: T + index + 0.5, label: `select ${index}`, tone: 'statement' }
  })
  const lines = formatTimeLine([lane('alice', marks)]).split('\n')
  expect(lines).toHaveLength(3 + 1 + 60)
  expect(lines[3]).toBe('30 earlier moments, not shown')
  expect(lines[4]).toContain('+30.0 ms  select 30')
  expect(
    formatTimeLine([lane('alice', marks)], { rows: 1 })
      .split('\n')
      .slice(3),
  ).toEqual(['89 earlier moments, not shown', '+89.0 ms  select 89 0.5 ms'])
})

test.for([20, 40, 80, 100, 200])('no line is longer than %i columns', (width) => {
  const lines = formatTimeLine([alice, bob, lane('carol', alice.marks)], { width }).split('\n')
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
})

test('characters that move the cursor or turn the text do not reach the terminal', () => {
  const text = formatTimeLine([
    lane('al\rice\u001b[2J', [{ at: T, label: 'a\nb\tc\u001b[31mred\u0007\u202e\u0000 d', tone: 'event' }]),
    bob,
  ])
  // oxlint-disable-next-line no-control-regex
  expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
  expect(text).toContain('al ice')
  expect(text).toContain('• a b cred\u{fffd}\u{fffd}\u{fffd} d')
  expect(text.split('\n')[3]).toMatch(/ ✓ Connecting 3 ms$/)
})

test('wide characters take two columns', () => {
  const [, , , row] = formatTimeLine([lane('a', [{ at: T, label: "select '余额余额'", tone: 'event' }]), bob]).split(
    '\n',
  )
  const [, , , plain] = formatTimeLine([lane('a', [{ at: T, label: "select '12345678'", tone: 'event' }]), bob]).split(
    '\n',
  )
  expect(row?.replace('余额余额', '12345678')).toBe(plain)
})

test('nothing happened: nothing is printed', () => {
  expect(formatTimeLine([])).toBe('')
  expect(formatTimeLine([lane('alice', [])])).toBe('')
})
