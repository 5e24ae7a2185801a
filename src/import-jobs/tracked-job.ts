import { performance } from '../clock.ts'
import { firstLine, TiDBError } from '../errors.ts'
import { Curve } from './curve.ts'
import { VANISHED, type ImportJob } from './import-job.ts'
import type { CurvePoint, ImportPhase, TimeLineEntry } from './import-record.ts'
import { JobTimeLine } from './job-time-line.ts'
import { formatDuration, formatQuantity } from '../number-format.ts'

type Gap = 'unreachable' | 'no task'

/** What the monitor knows of one job: kept once, however many watch it. */
export class TrackedJob {
  readonly id: string
  /** When it was first asked for, by performance.now(): the clock of the machine may be set meanwhile. */
  readonly since = performance.now()
  /** How long it takes at most until the next poll is over, in ms. */
  readonly pollMs: number
  /** How many threads it had on each node, once it ended; undefined if the server does not say. */
  threads: number | undefined
  readonly #stallMs: number
  readonly #listeners = new Map<object, (job: ImportJob) => void>()
  readonly #curve = new Curve()
  readonly #timeLine = new JobTimeLine()
  #job: ImportJob | undefined
  #error: unknown
  #gap: { readonly kind: Gap; readonly since: number; readonly text: string } | undefined
  /** When it was first seen as it stands now, and when last. */
  #movedAt = performance.now()
  #seenAt = performance.now()
  #moves = 0
  #seenMs = 0
  #endedUnseen = false
  #longestIdleMs = 0
  #stalled = false
  #rows: number | bigint | undefined
  #overMs: number | undefined
  #polls = 0
  #poll = Promise.withResolvers<void>()
  readonly #end = Promise.withResolvers<void>()

  constructor(id: string, stallMs: number, pollMs = 11_000) {
    this.id = id
    this.#stallMs = stallMs
    this.pollMs = pollMs
  }

  /** As it was seen last; undefined before the first poll, or if there is no such job. */
  get job(): ImportJob | undefined {
    return this.#job
  }

  /** Why it can't be watched. */
  get error(): unknown {
    return this.#error
  }

  /** True once it ended, vanished, or can't be watched. */
  get over(): boolean {
    return this.#overMs !== undefined
  }

  /** True once the server forgot it. */
  get gone(): boolean {
    return this.#job?.status === VANISHED
  }

  /** How often it was polled. */
  get polls(): number {
    return this.#polls
  }

  /** Why it is not seen at the moment; undefined if it is. */
  get gap(): string | undefined {
    return this.#gap?.text
  }

  /** Rows by the last poll that knew: of a job that failed, the server no longer says. */
  get rows(): number | bigint | undefined {
    return this.#rows
  }

  /** Rows a second over the last polls. */
  get rate(): number | undefined {
    return this.#curve.rate
  }

  /**
   * How long it stands still, in ms: between the first and the last poll in which the server said the same of it, and
   * that it runs. Time in the queue does not count, nor time in which it could not be seen.
   */
  get idleMs(): number {
    return this.#job?.begun === true ? this.#seenAt - this.#movedAt : 0
  }

  get longestIdleMs(): number {
    return Math.max(this.#longestIdleMs, this.idleMs)
  }

  /** How often a poll brought something new; the first of all is nothing new. */
  get moves(): number {
    return this.#moves
  }

  /** For how long it was seen, poll after poll, in ms. */
  get seenMs(): number {
    return this.#seenMs
  }

  /** Whether it had ended when it was first seen: nobody watched it run. */
  get endedUnseen(): boolean {
    return this.#endedUnseen
  }

  /** Resolves with the next poll, successful or not. */
  get nextPoll(): Promise<void> {
    return this.#poll.promise
  }

  /** Resolves once it is over. */
  get end(): Promise<void> {
    return this.#end.promise
  }

  /** How long it has been watched, until it was over: in ms. */
  get ms(): number {
    return this.#overMs ?? performance.now() - this.since
  }

  curve(most: number): CurvePoint[] {
    return this.#curve.points(most)
  }

  timeLine(): TimeLineEntry[] {
    return this.#timeLine.entries()
  }

  phases(): ImportPhase[] {
    return this.#timeLine.phases(this.ms)
  }

  /** Notes a row of the server, or that the server no longer has one. */
  see(job: ImportJob): void {
    // Somebody else may have seen its end while a poll was under way.
    if (this.over) return
    const before = this.#job
    const news = before === undefined || job.movedSince(before)
    // By what was seen up to the last poll: when within this one it moved, nobody knows.
    if (news) this.#longestIdleMs = this.longestIdleMs
    this.#closeGap()
    const now = performance.now()
    if (before !== undefined) this.#seenMs += now - this.#seenAt
    else this.#endedUnseen = !job.active
    this.#seenAt = now
    this.#job = job
    if (job.importedRows !== undefined) {
      this.#rows = job.importedRows
      this.#curve.add(this.ms, Number(job.importedRows))
    }
    if (news) this.#move(before)
    else if (job.begun && !this.#stalled && this.idleMs >= this.#stallMs) {
      this.#stalled = true
      this.#note('stalled', `no progress for ${formatDuration(this.idleMs)}`)
    }
    if (before === undefined) this.#note('seen', job.describe())
    else if (before.status !== job.status && job.active) this.#note('status', job.status)
    if (job.active && before !== undefined && before.phase !== job.phase && job.phase !== '') {
      this.#note('phase', job.phase)
    }
    this.#timeLine.enter(job.active ? job.phase || job.status : undefined, this.ms)
    if (!job.active) this.#finish(job)
    this.#polled()
    if (news) for (const listener of this.#listeners.values()) listener(job)
  }

  /** Calls the listener whenever a poll brings something new. One listener a key: a thousand watchers of one test share theirs. */
  listen(key: object, listener: (job: ImportJob) => void): void {
    if (this.#listeners.has(key)) return
    this.#listeners.set(key, listener)
    if (this.#job !== undefined) listener(this.#job)
  }

  /** Notes that it can't be seen at the moment. */
  lose(kind: Gap, reason: unknown): void {
    if (this.#gap === undefined) {
      const why = reasonOf(reason)
      const text = kind === 'no task' ? `the server can't show it: ${why}` : `server unreachable: ${why}`
      this.#gap = { kind, since: performance.now(), text }
      this.#note(kind, text)
      this.#curve.interrupt()
    }
    this.#polled()
  }

  /** Notes that it can't be watched at all. */
  fail(error: unknown): void {
    if (this.over) return
    this.#error = error
    this.#note('ended', firstLine(error))
    this.#overMs = this.ms
    this.#end.resolve()
    this.#polled()
  }

  #closeGap(): void {
    const gap = this.#gap
    if (gap === undefined) return
    this.#gap = undefined
    // What nobody saw is no time without progress, and begins with the last poll that saw it.
    const now = performance.now()
    this.#movedAt += now - this.#seenAt
    this.#seenAt = now
    this.#note('reconnected', `seen again after ${formatDuration(now - gap.since)}`)
  }

  #move(before: ImportJob | undefined): void {
    if (this.#stalled) this.#note('moving', 'progress again')
    this.#stalled = false
    this.#movedAt = this.#seenAt
    if (before !== undefined) this.#moves += 1
  }

  #finish(job: ImportJob): void {
    const message = job.resultMessage === '' ? '' : `: ${inOneLine(job.resultMessage)}`
    const rows = this.#rows === undefined ? '' : `, ${formatQuantity(this.#rows, 'row')}`
    this.#note('ended', `${job.status}${rows}${message}`)
    this.#overMs = this.ms
    this.#end.resolve()
  }

  #note(kind: TimeLineEntry['kind'], text: string): void {
    const ms = Math.round(this.ms)
    this.#timeLine.add({ at: Math.round(performance.timeOrigin + this.since) + ms, ms, kind, text })
  }

  #polled(): void {
    this.#polls += 1
    const poll = this.#poll
    this.#poll = Promise.withResolvers<void>()
    poll.resolve()
  }
}

const LINE_CHARACTERS = 300

function inOneLine(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim()
  return line.length > LINE_CHARACTERS ? `${line.slice(0, LINE_CHARACTERS - 1)}…` : line
}

/** What the server, or the socket to it, said; else what an error says. */
function reasonOf(error: unknown): string {
  const answer = error instanceof TiDBError ? error.answer : undefined
  return answer === undefined
    ? firstLine(error)
    : [answer.errno ?? answer.code, answer.message].filter(Boolean).join(' ')
}
