import type { LoggedStatement } from '../connection/statement-log.ts'
import type { CoordinationEvent, CoordinationEventKind } from '../coordination/shared-state.ts'
import type { StateTransition } from '../transition.ts'
import type { SessionReport } from './session-report.ts'
import { formatQuantity } from '../number-format.ts'

/** One thing that a session did, or that happened to it. */
export interface Mark {
  /** When it began, in ms since 1970 with fractions. */
  readonly at: number
  /** When it ended, likewise. Without: an event or failure is a moment, anything else was still under way. */
  readonly until?: number | undefined
  readonly label: string
  /** How it ended, in a word or two, such as `released`. */
  readonly end?: string | undefined
  /** More about it, in one line. */
  readonly detail?: string | undefined
  readonly tone: 'state' | 'statement' | 'wait' | 'failure' | 'event'
}

/** What one session, or another party such as the test itself, did. */
export interface Lane {
  readonly name: string
  /** How it stands, such as `failed in Connecting`; empty if nothing is known. */
  readonly note: string
  /** True if its first failure is its own: it was not aborted, and did not give up waiting for another. */
  readonly failed: boolean
  /** In the order in which they began. */
  readonly marks: readonly Mark[]
}

/** What a time line is made of: a failed test's report holds it. */
export interface TimeLineSource {
  readonly sessions: readonly SessionReport[]
  readonly events: readonly CoordinationEvent[]
}

/** One lane per session or other party, in the order in which they began. Sessions of one name share a lane. */
export function lanesOf({ sessions, events }: TimeLineSource): Lane[] {
  const byName = Map.groupBy(sessions, ({ name }) => name)
  const byParty = Map.groupBy(
    events.toSorted((a, b) => a.at - b.at),
    ({ party }) => party,
  )
  const names = new Set([...byName.keys(), ...byParty.keys()])
  const lanes = [...names].map((name) => laneOf(name, byName.get(name) ?? [], byParty.get(name) ?? []))
  return lanes.toSorted((a, b) => (a.marks[0]?.at ?? 0) - (b.marks[0]?.at ?? 0))
}

/** The lanes that tell most about a failure, in their own order: failed ones, then those stuck, then those that waited. */
export function foremostLanes(lanes: readonly Lane[], count: number): Lane[] {
  const ranked = lanes.map((lane) => ({ lane, ...urgency(lane) })).toSorted((a, b) => b.rank - a.rank || a.at - b.at)
  const chosen = new Set(ranked.slice(0, count).map(({ lane }) => lane))
  return lanes.filter((lane) => chosen.has(lane))
}

/** When the first mark began and the last ended, in ms since 1970; undefined without marks. */
export function extentOf(lanes: readonly Lane[]): { from: number; to: number } | undefined {
  let from = Infinity
  let to = -Infinity
  for (const { at, until = at } of lanes.flatMap(({ marks }) => marks)) {
    from = Math.min(from, at)
    to = Math.max(to, at, until)
  }
  return from > to ? undefined : { from, to }
}

function laneOf(name: string, sessions: readonly SessionReport[], events: readonly CoordinationEvent[]): Lane {
  const statements = sessions.flatMap((session) => session.statements)
  const marks = [
    ...sessions.flatMap(({ history }) => history.map(markOfTransition)),
    ...statements.map(markOfStatement),
    ...marksOfEvents(events, statements),
  ].toSorted((a, b) => a.at - b.at)
  const [first] = marks
    .filter(({ tone }) => tone === 'failure')
    .toSorted((a, b) => (a.until ?? a.at) - (b.until ?? b.at))
  const failed = first !== undefined && first.end !== 'aborted' && first.end !== 'gave up'
  return { name, note: noteOf(sessions.at(-1), events), failed, marks }
}

function noteOf(session: SessionReport | undefined, events: readonly CoordinationEvent[]): string {
  const last = session?.history.at(-1)
  if (last !== undefined && last.outcome !== 'completed') return `${last.outcome} in ${last.state}`
  const failed = events.some(({ kind }) => kind === 'failed') ? 'failed' : ''
  const state = session === undefined ? '' : session.state === undefined ? 'not started' : `in ${session.state}`
  return [failed, state].filter((part) => part !== '').join(', ')
}

function urgency({ failed, marks }: Lane): { rank: number; at: number } {
  const failures = marks.filter(({ tone }) => tone === 'failure')
  const waits = marks.filter(({ tone }) => tone === 'wait')
  const ends = failures.length > 0 ? failures.map(({ at, until = at }) => until) : waits.map(({ at }) => at)
  const at = ends.length > 0 ? Math.min(...ends) : 0
  if (failed) return { rank: 4, at }
  // Whom the others wait for is often one whose statement hangs.
  if (marks.some(({ tone, until }) => tone === 'statement' && until === undefined)) return { rank: 3, at }
  if (failures.length > 0 || waits.some(({ until }) => until === undefined)) return { rank: 2, at }
  return { rank: waits.length > 0 ? 1 : 0, at }
}

function markOfTransition({ state, outcome, at, durationMs, finding, error }: StateTransition): Mark {
  // On its way from the worker, a Date can become a string.
  const began = new Date(at).getTime()
  const rest = { at: began, until: began + durationMs, label: state, detail: error ?? finding }
  return outcome === 'completed' ? { ...rest, tone: 'state' } : { ...rest, end: outcome, tone: 'failure' }
}

function markOfStatement(statement: LoggedStatement): Mark {
  const { sql, started, rows, error } = statement
  const rest = { at: started, until: endOf(statement), label: sql }
  if (error !== undefined) return { ...rest, end: `error ${error}`, tone: 'failure' }
  return { ...rest, end: rows === undefined ? undefined : formatQuantity(rows, 'row'), tone: 'statement' }
}

function endOf({ started, durationMs }: LoggedStatement): number | undefined {
  return durationMs === undefined ? undefined : started + durationMs
}

/** Events that begin and end something become one mark; the others are a moment each. */
function marksOfEvents(events: readonly CoordinationEvent[], statements: readonly LoggedStatement[]): Mark[] {
  const marks: Mark[] = []
  const open = new Map<string, { mark: Mark; latest: number }>()
  const close = (span: string, end?: Pick<CoordinationEvent, 'at' | 'kind' | 'detail'>) => {
    const begun = open.get(span)
    if (begun === undefined) return false
    const { mark, latest } = begun
    const until = Math.min(latest, end?.at ?? Infinity)
    const answered = latest < (end?.at ?? Infinity) && end?.kind !== 'released'
    const details = [mark.detail, end?.detail].filter((part) => part !== undefined)
    marks.push({
      ...mark,
      until: until === Infinity ? undefined : Math.max(mark.at, until),
      end: answered ? 'answered' : end?.kind,
      detail: details.length === 0 ? undefined : details.join('; '),
      tone: end?.kind === 'gave up' ? 'failure' : mark.tone,
    })
    return open.delete(span)
  }
  for (const event of events) {
    const { at, kind, name = '', detail } = event
    const span = spanOf(event)
    if (kind === 'arrived' || kind === 'blocked' || kind === 'took its turn') {
      // Seen again: it is still the same wait, unless the statement it was about has ended since.
      if ((open.get(span)?.latest ?? -Infinity) >= at) continue
      close(span, kind === 'took its turn' ? event : undefined)
      const statement = kind === 'blocked' ? statements.findLast((one) => isUnderWay(one, at)) : undefined
      const label = statement === undefined ? span : `${span}: ${statement.sql}`
      const mark: Mark = { at, label, detail, tone: kind === 'took its turn' ? 'event' : 'wait' }
      open.set(span, { mark, latest: (statement && endOf(statement)) ?? Infinity })
    } else if (!close(span, event)) {
      if (kind === 'failed' || kind === 'ended' || kind === 'aborted')
        for (const one of [...open.keys()]) close(one, { at, kind })
      const label = `${PHRASES[kind] ?? kind} ${name}`.trim()
      const failure = kind === 'failed' || kind === 'gave up'
      marks.push({ at, label, detail, ...(failure ? { end: kind, tone: 'failure' } : { tone: 'event' }) })
    }
  }
  for (const span of [...open.keys()]) close(span)
  return marks
}

const PHRASES: Partial<Record<CoordinationEventKind, string>> = {
  sent: 'sent to',
  received: 'received from',
  changed: '',
}

/** What an event begins or ends; events of other kinds begin and end nothing. */
function spanOf({ kind, name = '', what }: CoordinationEvent): string {
  if (kind === 'arrived' || kind === 'passed' || kind === 'gave up') return `${what ?? 'barrier'} ${name}`.trim()
  if (kind === 'noticed') return `signal ${name}`.trim()
  if (kind === 'received') return 'message'
  if (kind === 'took its turn' || kind === 'ended its turn') return `turn ${name}`.trim()
  return kind === 'blocked' || kind === 'released' ? 'blocked' : ''
}

function isUnderWay(statement: LoggedStatement, at: number): boolean {
  return statement.started <= at && (endOf(statement) ?? Infinity) >= at
}
