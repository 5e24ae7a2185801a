import { expect, test } from 'vitest'
import type { LoggedStatement } from '../connection/statement-log.ts'
import type { CoordinationEvent } from '../coordination/shared-state.ts'
import type { StateTransition } from '../transition.ts'
import type { SessionReport } from './session-report.ts'
import { extentOf, foremostLanes, lanesOf, type Lane, type Mark } from './time-line.ts'

const connected: StateTransition = {
  state: 'Connecting',
  from: 'ParsingConfig',
  outcome: 'completed',
  at: new Date(1000),
  durationMs: 3,
  attempts: 1,
  finding: 'connection 7',
}

function session(name: string, rest: Partial<SessionReport> = {}): SessionReport {
  return { name, host: 'h:4000', database: 'd', state: 'Connecting', history: [connected], statements: [], ...rest }
}

function statement(sql: string, started: number, rest: Partial<LoggedStatement> = {}): LoggedStatement {
  return { sql, at: new Date(started), started, durationMs: 2, rows: 1, error: undefined, ...rest }
}

function event(at: number, party: string, kind: CoordinationEvent['kind'], name?: string): CoordinationEvent {
  return { at, party, kind, ...(name !== undefined && { name }) }
}

/** The marks of the only lane that these events make. */
function marksOf(...events: CoordinationEvent[]): readonly Mark[] {
  const lanes = lanesOf({ sessions: [], events })
  expect(lanes).toHaveLength(1)
  return lanes[0]?.marks ?? []
}

test('states, statements and events of a session make one lane, in the order in which they began', () => {
  const [lane] = lanesOf({
    sessions: [session('alice', { statements: [statement('select 1', 1005.5)] })],
    events: [event(1004.2, 'alice', 'joined')],
  })
  expect(lane).toEqual({
    name: 'alice',
    note: 'in Connecting',
    failed: false,
    marks: [
      { at: 1000, until: 1003, label: 'Connecting', detail: 'connection 7', tone: 'state' },
      { at: 1004.2, label: 'joined', tone: 'event' },
      { at: 1005.5, until: 1007.5, label: 'select 1', end: '1 row', tone: 'statement' },
    ],
  })
})

test('a report that went through JSON makes the same lanes', () => {
  const source = {
    sessions: [session('alice', { statements: [statement('select 1', 1005.5, { durationMs: undefined })] })],
    events: [event(1006.25, 'test', 'signalled', 'go')],
  }
  expect(lanesOf(JSON.parse(JSON.stringify(source)) as typeof source)).toEqual(lanesOf(source))
})

test('a wait at a barrier is one mark from arrival to passage', () => {
  expect(marksOf(event(20.5, 'bob', 'passed', 'ready'), event(10, 'bob', 'arrived', 'ready'))).toEqual([
    { at: 10, until: 20.5, label: 'barrier ready', end: 'passed', tone: 'wait' },
  ])
})

test('a barrier used twice makes two waits, and barriers of other names are kept apart', () => {
  const marks = marksOf(
    event(1, 'bob', 'arrived', 'a'),
    event(2, 'bob', 'arrived', 'b'),
    event(3, 'bob', 'passed', 'a'),
    event(4, 'bob', 'arrived', 'a'),
    event(5, 'bob', 'passed', 'b'),
    event(6, 'bob', 'passed', 'a'),
  )
  expect(marks.map(({ at, until, label }) => [label, at, until])).toEqual([
    ['barrier a', 1, 3],
    ['barrier b', 2, 5],
    ['barrier a', 4, 6],
  ])
})

test('a barrier given up is a failure with the length of the wait and its reason', () => {
  const marks = marksOf(event(10, 'bob', 'arrived', 'ready'), {
    ...event(15, 'bob', 'gave up', 'ready'),
    detail: 'alice is missing',
  })
  expect(marks).toEqual([
    { at: 10, until: 15, label: 'barrier ready', end: 'gave up', detail: 'alice is missing', tone: 'failure' },
  ])
})

test('what was given up without arriving somewhere is a failure at that moment', () => {
  expect(marksOf(event(15, 'bob', 'gave up', 'loaded'))).toEqual([
    { at: 15, label: 'gave up loaded', end: 'gave up', tone: 'failure' },
  ])
})

test('a wait that nothing ended is still open; one of a party that failed ends there', () => {
  expect(marksOf(event(10, 'bob', 'arrived', 'ready'))).toEqual([{ at: 10, label: 'barrier ready', tone: 'wait' }])
  expect(marksOf(event(10, 'bob', 'arrived', 'ready'), event(12, 'bob', 'failed'))).toEqual([
    { at: 10, until: 12, label: 'barrier ready', end: 'failed', tone: 'wait' },
    { at: 12, label: 'failed', end: 'failed', tone: 'failure' },
  ])
})

test('a blocked statement is a wait laid over it, until it is released', () => {
  const update = statement('update t set a = 1', 100, { durationMs: 20 })
  const [lane] = lanesOf({
    sessions: [session('bob', { history: [], statements: [statement('begin', 90), update] })],
    events: [event(105, 'bob', 'blocked'), event(118, 'bob', 'released')],
  })
  expect(lane?.marks.slice(1)).toEqual([
    { at: 100, until: 120, label: 'update t set a = 1', end: '1 row', tone: 'statement' },
    { at: 105, until: 118, label: 'blocked: update t set a = 1', end: 'released', tone: 'wait' },
  ])
})

test('a wait of a statement ends with it, even if nobody saw the release or saw it late', () => {
  const statements = [
    statement('update t set a = 1', 100, { durationMs: 20 }),
    statement('update t set a = 2', 130, { durationMs: 5 }),
    statement('update t set a = 3', 150, { durationMs: 9 }),
  ]
  const [lane] = lanesOf({
    sessions: [session('bob', { history: [], statements })],
    events: [
      event(105, 'bob', 'blocked'),
      event(110, 'bob', 'blocked'),
      event(132, 'bob', 'blocked'),
      event(140, 'bob', 'released'),
      event(151, 'bob', 'blocked'),
      event(170, 'bob', 'failed'),
    ],
  })
  expect(lane?.marks.filter(({ tone }) => tone === 'wait').map(({ at, until, end }) => [at, until, end])).toEqual([
    [105, 120, 'answered'],
    [132, 135, 'released'],
    [151, 159, 'answered'],
  ])
})

test('a turn has a length, a message has another end', () => {
  const marks = marksOf(
    event(1, 'bob', 'took its turn', 'load'),
    event(2, 'bob', 'sent', 'alice'),
    event(3, 'bob', 'received', 'carol'),
    event(4, 'bob', 'ended its turn', 'load'),
  )
  expect(marks.map(({ at, until, label }) => [label, at, until])).toEqual([
    ['turn load', 1, 4],
    ['sent to alice', 2, undefined],
    ['received from carol', 3, undefined],
  ])
})

test('failed states and statements are failures; a statement without an answer has no end', () => {
  const refused: StateTransition = { ...connected, outcome: 'failed', error: 'ECONNREFUSED' }
  const [lane] = lanesOf({
    sessions: [
      session('bob', {
        history: [refused],
        statements: [
          statement('oops', 1010, { error: '1064' }),
          statement('select 2', 1020, { durationMs: undefined }),
        ],
      }),
    ],
    events: [],
  })
  expect(lane?.note).toBe('failed in Connecting')
  expect(lane?.failed).toBe(true)
  expect(lane?.marks.map(({ tone, end, until }) => [tone, end, until])).toEqual([
    ['failure', 'failed', 1003],
    ['failure', 'error 1064', 1012],
    ['statement', '1 row', undefined],
  ])
})

test('a party that only occurs in events has a lane; lanes stand in the order in which they begin', () => {
  const lanes = lanesOf({
    sessions: [session('alice'), session('bob', { state: undefined, history: [] })],
    events: [event(1, 'test', 'signalled', 'go'), event(2, 'bob', 'failed')],
  })
  expect(lanes.map(({ name, note }) => [name, note])).toEqual([
    ['test', ''],
    ['bob', 'failed, not started'],
    ['alice', 'in Connecting'],
  ])
})

test('the lanes chosen first are those that failed, then those stuck, then those that waited, in their own order', () => {
  const lane = (name: string, failed: boolean, ...marks: Partial<Mark>[]): Lane => ({
    name,
    note: '',
    failed,
    marks: marks.map((mark) => ({ at: 1, label: '', tone: 'event', ...mark })),
  })
  const lanes = [
    lane('idle', false, {}),
    lane('waited', false, { tone: 'wait', until: 2 }),
    lane('late', true, { tone: 'failure', until: 9 }),
    lane('stuck', false, { tone: 'statement' }),
    lane('aborted', false, { tone: 'failure', end: 'aborted' }),
    lane('early', true, { tone: 'failure', at: 3, until: 8 }),
  ]
  const names = (count: number) => foremostLanes(lanes, count).map(({ name }) => name)
  expect(names(1)).toEqual(['early'])
  expect(names(2)).toEqual(['late', 'early'])
  expect(names(3)).toEqual(['late', 'stuck', 'early'])
  expect(names(4)).toEqual(['late', 'stuck', 'aborted', 'early'])
  expect(names(5)).toEqual(['waited', 'late', 'stuck', 'aborted', 'early'])
  expect(names(9)).toEqual(lanes.map(({ name }) => name))
})

test.for([
  ['was aborted because of another', 'aborted'],
  ['failed', 'failed'],
] as const)('who %s is told apart', ([, outcome]) => {
  const [lane] = lanesOf({ sessions: [session('bob', { history: [{ ...connected, outcome }] })], events: [] })
  expect(lane?.note).toBe(`${outcome} in Connecting`)
  expect(lane?.failed).toBe(outcome === 'failed')
})

test('who failed only after giving up waiting for another is not taken for the cause', () => {
  const events = [event(1, 'bob', 'arrived', 'ready'), event(5, 'bob', 'gave up', 'ready'), event(5, 'bob', 'failed')]
  expect(lanesOf({ sessions: [], events })[0]?.failed).toBe(false)
})

test('a time line extends from the first beginning to the last end', () => {
  expect(extentOf([])).toBeUndefined()
  const events = [event(10, 'a', 'arrived', 'x'), event(30.5, 'a', 'passed', 'x'), event(20, 'b', 'joined')]
  expect(extentOf(lanesOf({ sessions: [], events }))).toEqual({ from: 10, to: 30.5 })
})
