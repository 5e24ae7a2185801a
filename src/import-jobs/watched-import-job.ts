import { clearTimeout, setTimeout } from '../clock.ts'
import { deadlineMs, type Duration } from '../duration.ts'
import { describeReason, ImportJobError } from '../errors.ts'
import type { ImportJob } from './import-job.ts'
import { formatJobTimeLine, recordOf, type RecordDetails } from './record-of.ts'
import type { ImportRecord, PaceComparison } from './import-record.ts'
import type { TrackedJob } from './tracked-job.ts'
import { Wait } from '../wait.ts'
import { formatDuration } from '../number-format.ts'

/** How long a wait may take, and what gives it up. */
export interface WatchWaitOptions {
  /** Deadline. Default: that of the watch. */
  readonly within?: Duration | undefined
  /** Gives the wait up. */
  readonly signal?: AbortSignal | undefined
}

export interface WatchOptions {
  /** Stable name: what history calls this job, night after night. Default: its target table. */
  readonly name?: string | undefined
  /** What it is called if `name` is not given. Default: its target table. */
  readonly defaultName?: ((job: ImportJob) => string) | undefined
  /** How many rows it should import: percent and time left are computed from it if the server says neither. */
  readonly expectedRows?: number | undefined
  /** How long it is watched at most; 0 polls once. Default: until it ends. */
  readonly duration?: Duration | undefined
  /** Deadline of a wait that gives none. Default 4 s. */
  readonly within?: Duration | undefined
  /** Ends the watch. */
  readonly signal?: AbortSignal | undefined
}

/** One poll of a job. */
export interface ImportJobSnapshot {
  readonly job: ImportJob
  /** Since the watch began, in ms. */
  readonly ms: number
  /** Rows a second over the last polls; undefined before two of them. */
  readonly rowsPerSecond: number | undefined
  /** 0 to 100: by the server if it says, else by the expected rows; undefined if neither is known. */
  readonly percent: number | undefined
  /** Time left, in ms: by the server if it says, else by the expected rows and the rate. */
  readonly timeLeftMs: number | undefined
  /** Since when there was no progress, in ms. */
  readonly idleMs: number
  /** Why the job could not be seen in this poll: `job` is as it was before. */
  readonly gap: string | undefined
}

/** How much of a job a watch has seen. */
interface Sighting {
  /** How often it was polled. */
  readonly polls: number
  /** How often a poll brought something new. */
  readonly moves: number
  /** For how long it was seen, poll after poll, in ms. */
  readonly seenMs: number
  /** How long it takes at most until the next poll is over, in ms. */
  readonly pollMs: number
  /** Whether it had ended when it was first seen. */
  readonly endedUnseen: boolean
  /** Why the watch is over, if it was stopped. */
  readonly stopped: string | undefined
}

/** An import job that is being watched. Many may watch the same job: it is polled once for all of them. */
export class WatchedImportJob implements AsyncDisposable {
  readonly #tracked: TrackedJob
  readonly #host: string
  readonly #options: WatchOptions
  readonly #onStop: Set<() => unknown>
  readonly #timer: NodeJS.Timeout | undefined
  readonly #onAbort: (() => void) | undefined
  #stopReason: string | undefined
  #faults: string[] = []
  /** How it compares with its history, once that was asked. */
  pace: PaceComparison | undefined

  constructor(
    tracked: TrackedJob,
    host: string,
    options: WatchOptions,
    onStop: (stopped: WatchedImportJob) => unknown,
  ) {
    this.#tracked = tracked
    this.#host = host
    this.#options = options
    this.#onStop = new Set([() => onStop(this)])
    const { duration, signal } = options
    if (duration !== undefined) {
      const ms = deadlineMs(duration, 'duration')
      const stop = () => this.#stop(`it was watched for ${formatDuration(ms)}, as requested`)
      // Polled once, however short.
      this.#timer = setTimeout(() => (tracked.polls > 0 ? stop() : void tracked.nextPoll.then(stop)), ms)
    }
    if (signal === undefined) return
    this.#onAbort = () => this.#stop(describeReason(signal.reason))
    if (signal.aborted) this.#onAbort()
    else signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** Number of the job, as text. */
  get id(): string {
    return this.#tracked.id
  }

  /** Stable name: the one given, else its target table; its number before the first poll. */
  get name(): string {
    const { name, defaultName = ({ targetTable }: ImportJob) => targetTable } = this.#options
    if (name !== undefined) return name
    return this.job === undefined ? `import job ${this.id}` : defaultName(this.job)
  }

  /** `host:port` of its server. */
  get host(): string {
    return this.#host
  }

  /** As it was seen last; undefined before the first poll. */
  get job(): ImportJob | undefined {
    return this.#tracked.job
  }

  /** Rows imported by the last poll that knew: of a job that failed, the server no longer says. */
  get rows(): number | bigint | undefined {
    return this.#tracked.rows
  }

  /** True once the job ended, vanished or can't be watched, and once the watch was stopped. */
  get over(): boolean {
    return this.#tracked.over || this.#stopReason !== undefined
  }

  /**
   * Longest time so far that the server said the same of it poll after poll while it ran, in ms: at least so long it
   * stood still. Time in the queue does not count, nor time in which it could not be seen.
   */
  get longestIdleMs(): number {
    return this.#tracked.longestIdleMs
  }

  /** What the watch has seen so far: what a verdict on it may rest on. */
  get sighting(): Sighting {
    const { polls, moves, seenMs, pollMs, endedUnseen } = this.#tracked
    return { polls, moves, seenMs, pollMs, endedUnseen, stopped: this.#stopReason }
  }

  /** The last poll; undefined before the first. */
  get snapshot(): ImportJobSnapshot | undefined {
    const { job, ms, rate, idleMs, gap } = this.#tracked
    if (job === undefined) return undefined
    const left = this.#left(job)
    return {
      job,
      ms,
      rowsPerSecond: rate,
      percent: job.step?.percent ?? left?.percent,
      timeLeftMs: job.step?.timeLeftMs ?? (left !== undefined && rate ? (left.rows / rate) * 1_000 : undefined),
      idleMs,
      gap,
    }
  }

  #left(job: ImportJob): { readonly rows: number; readonly percent: number } | undefined {
    const { expectedRows } = this.#options
    if (expectedRows === undefined || expectedRows <= 0 || job.importedRows === undefined) return undefined
    const rows = Math.max(0, expectedRows - Number(job.importedRows))
    return { rows, percent: Math.min(100, (100 * Number(job.importedRows)) / expectedRows) }
  }

  /**
   * Each poll from now on, including those in which the job could not be seen; ends with the job or the watch.
   *
   * @throws {ImportJobError} if there is no such job, or this user may not see it.
   * @example for await (const { job, rowsPerSecond } of watched) console.log(job.importedRows, rowsPerSecond)
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<ImportJobSnapshot, void, undefined> {
    let seen = 0
    for (;;) {
      const tracked = this.#tracked
      const { nextPoll } = tracked
      if (tracked.polls > seen) {
        seen = tracked.polls
        this.#throwIfFailed()
        const { snapshot } = this
        if (snapshot !== undefined) yield snapshot
      }
      // A poll may have come while the reader was busy.
      if (tracked.polls > seen) continue
      if (this.over) return
      await this.#lookOrStop(nextPoll)
    }
  }

  /** Not by Promise.race(): what is raced with the end of a watch stays in memory until that end. */
  async #lookOrStop(nextPoll: Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#onStop.add(resolve)
    void nextPoll.then(resolve)
    await promise
    this.#onStop.delete(resolve)
  }

  /**
   * Waits until the job has ended, in whatever way.
   *
   * @returns the job as it ended; with status `vanished` if the server forgot it.
   * @throws {ImportJobError} if there is no such job, or the watch was stopped first. {DeadlineError} past `within`.
   */
  async ended(options: WatchWaitOptions = {}): Promise<ImportJob> {
    await this.#wait('to end', () => this.#tracked.end, options)
    return this.#tracked.job as ImportJob
  }

  /**
   * Waits for a poll in which a condition holds.
   *
   * @param what it is, for the error of the deadline: `to have imported half`.
   * @throws {ImportJobError} if the job ends, or the watch is stopped, without. {DeadlineError} past `within`.
   * @example await job.until('to import', ({ job }) => job.phase === 'importing', { within: '1m' })
   */
  async until(
    what: string,
    condition: (snapshot: ImportJobSnapshot) => boolean,
    options: WatchWaitOptions = {},
  ): Promise<ImportJobSnapshot> {
    const given = new AbortController()
    const find = async () => {
      for await (const snapshot of this) {
        if (given.signal.aborted) break
        if (condition(snapshot)) return snapshot
      }
      throw new ImportJobError(
        this.id,
        `waited for import job ${this.id} ${what}, but it ended first: ${this.describe()}`,
        { host: this.#host },
      )
    }
    try {
      return await this.#wait(what, find, options)
    } finally {
      given.abort()
    }
  }

  /** Notes the job as it was seen by another statement than a poll, such as the one that cancelled it. */
  see(job: ImportJob): void {
    this.#tracked.see(job)
  }

  /** Ends this watch; the job goes on, and so do other watches of it. */
  stop(): void {
    this.#stop('the watch was stopped')
  }

  /**
   * Calls the listener whenever a poll brings something new, beginning with what is known. One listener a key: the second of a key is
   * not called, so that a thousand watches of one test report once.
   */
  listen(key: object, listener: (job: ImportJob) => void): void {
    this.#tracked.listen(key, listener)
  }

  /** In one line: what it is, and how it stands. */
  describe(): string {
    const { job, gap, error } = this.#tracked
    const state = job?.describe() ?? `import job ${this.id}${error === undefined ? ', not seen yet' : ''}`
    return gap === undefined ? state : `${state} (${gap})`
  }

  /** Everything that happened to it, a line each. */
  timeLine(): string {
    return formatJobTimeLine(this.#tracked.timeLine())
  }

  /** Notes why this job fails the run: the report shows such jobs first. */
  fault(line: string): void {
    if (!this.#faults.includes(line)) this.#faults.push(line)
  }

  /** Everything that is known of it, as plain data. */
  record(details: RecordDetails): ImportRecord {
    return {
      ...recordOf(this.#tracked, this.name, this.#host, details),
      faults: this.#faults,
      ...(this.pace !== undefined && { pace: this.pace }),
    }
  }

  async #wait<T>(what: string, work: () => Promise<T>, { within, signal }: WatchWaitOptions): Promise<T> {
    const withinMs = deadlineMs(within ?? this.#options.within ?? 4_000)
    // A job that is over has its end: what is asked of it is known.
    const giveUp = () => {
      if (!this.#tracked.over) wait.fail(this.#stoppedError(what))
    }
    this.#onStop.add(giveUp)
    const wait = new Wait<T>({
      what: `import job ${this.id} ${what}`,
      withinMs,
      signal,
      host: this.#host,
      explain: () => `${this.describe()}${this.#why()}`,
      onEnd: () => this.#onStop.delete(giveUp),
    })
    if (this.#stopReason !== undefined) giveUp()
    void work().then(
      (result) => wait.succeed(result),
      (error: unknown) => wait.fail(error),
    )
    const result = await wait.promise
    this.#throwIfFailed()
    return result
  }

  #why(): string {
    const { idleMs, job, gap } = this.#tracked
    if (gap !== undefined || job?.begun !== true) return ''
    return `; no progress for the last ${formatDuration(idleMs)}`
  }

  #throwIfFailed(): void {
    if (this.#tracked.error !== undefined) throw this.#tracked.error as Error
  }

  #stoppedError(what: string): ImportJobError {
    return new ImportJobError(
      this.id,
      `gave up waiting for import job ${this.id} ${what}: ${this.describe()}; ${this.#stopReason}`,
      { host: this.#host },
    )
  }

  #stop(reason: string): void {
    if (this.#stopReason !== undefined) return
    this.#stopReason = reason
    clearTimeout(this.#timer)
    if (this.#onAbort !== undefined) this.#options.signal?.removeEventListener('abort', this.#onAbort)
    for (const tell of this.#onStop) tell()
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.stop()
    return Promise.resolve()
  }
}
