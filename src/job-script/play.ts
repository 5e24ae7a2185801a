import { delay, performance } from '../clock.ts'
import { isLost } from '../connection/error-codes.ts'
import { LONGEST_TIMER_MS } from '../duration.ts'
import { aborted, AbortedError, firstLine, JobScriptError, TiDBError } from '../errors.ts'
import { JobTables, type TakenOver } from './job-tables.ts'
import { playingJobs, type PlayedJob, type PlayEnd, type PlayingJob } from './playing.ts'
import type { JobScript } from './script.ts'
import type { ScriptQuerier } from './tasks.ts'

/** How a job script is played. */
export interface PlayOptions {
  /** Any session or connection of a user who may write into the database mysql; it is used throughout the play. */
  readonly querier: ScriptQuerier
  /** The database of jobs that name none. */
  readonly database?: string | undefined
  /** Whether the server was started by whoever plays: if not, nothing is written. */
  readonly ours: boolean
  /** Who the jobs are created by, if they do not say. Default: the querier's own user, as in `select current_user()`. */
  readonly createdBy?: string | undefined
  /** Ends the play; what it wrote is removed when it is stopped. */
  readonly signal?: AbortSignal | undefined
  /** `real` plays each step at its time, `manual` with `step()`. Default `real`. */
  readonly clock?: 'real' | 'manual'
  /** How many times as fast as written. Default 1. */
  readonly speed?: number
}

/** A job script that is being played. */
export class Play implements AsyncDisposable {
  /** Resolves once every job's script is over; rejects with JobScriptError or AbortedError if it can't be. */
  readonly done: Promise<void>
  readonly #where: string
  readonly #tables: JobTables
  readonly #all: readonly PlayingJob[]
  readonly #jobs = new Map<string, PlayingJob>()
  readonly #manual: boolean
  readonly #speed: number
  readonly #ended = Promise.withResolvers<void>()
  readonly #halt = new AbortController()
  readonly #forget: () => void
  #begunAt = 0
  #work: Promise<void> = Promise.resolve()
  #failure: TiDBError | undefined
  #removed = false

  constructor(script: JobScript, { querier, clock, speed = 1, signal, ...options }: PlayOptions, user: string) {
    this.#where = script.where
    this.#tables = new JobTables(querier)
    this.#manual = clock === 'manual'
    this.#speed = speed
    this.#all = playingJobs(script, { table_schema: options.database, created_by: options.createdBy ?? user })
    this.done = this.#ended.promise
    // Nobody has to wait for it: a play that is disposed of early is no failure.
    this.done.catch(() => undefined)
    const onAbort = () => this.#fail(aborted(`playing the job script ${this.#where}`, signal as AbortSignal))
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#forget = () => signal?.removeEventListener('abort', onAbort)
  }

  /** The jobs that were created so far, by name; of a repeated one each, as `old#1`, `old#2`. */
  get jobs(): ReadonlyMap<string, PlayedJob> {
    return this.#jobs
  }

  /** Why it could not be played on, if the server refused a step; not if it was ended or the server was lost. */
  get failure(): JobScriptError | undefined {
    const failure = this.#failure
    return failure instanceof JobScriptError && !isLost(failure) ? failure : undefined
  }

  /** Creates the jobs that are there from the beginning, and with a real clock goes on from there. */
  async begin(): Promise<void> {
    const first = this.#all.filter((job) => job.dueMs === 0)
    await this.#queue(() => this.#perform(first))
    // Aborted meanwhile.
    if (this.#failure !== undefined) throw this.#failure
    this.#begunAt = performance.now()
    if (!this.#manual) void this.#goOn()
  }

  /**
   * With a manual clock, plays the next step: that of the named jobs at one instant, else that which is due first.
   * Resolves once it is in the server.
   *
   * @throws {JobScriptError} if there is none, or it can't be played.
   */
  async step(...names: string[]): Promise<void> {
    if (!this.#manual)
      throw new JobScriptError(`${this.#where} is played in real time: give it clock: 'manual' for step()`)
    await this.#queue(async () => {
      const jobs = names.length === 0 ? this.#due().slice(0, 1) : names.map((name) => this.#named(name))
      if (jobs.length === 0) throw new JobScriptError(`${this.#where} has no step left to play`)
      const moments = Math.max(...jobs.map(({ momentsLeft }) => momentsLeft))
      const left = new Map(jobs.map((job) => [job, job.momentsLeft]))
      for (let moment = 0; moment < moments; moment += 1) {
        await this.#perform(jobs.filter((job) => (left.get(job) ?? 0) > moment && job.dueMs !== undefined))
      }
    })
  }

  /**
   * Ends the play, and removes every row that it wrote: through `querier`, if the play's own connection was lost.
   *
   * @throws {JobScriptError} if they can't be removed, unless `done` was rejected with a lost connection before.
   */
  async stop({ querier }: { readonly querier?: ScriptQuerier } = {}): Promise<void> {
    if (this.#removed) return
    this.#forget()
    const lost = isLost(this.#failure)
    this.#fail(new AbortedError(`the job script ${this.#where} was stopped before its end`))
    await this.#work
    if (lost && querier === undefined) return
    try {
      await this.#tables.remove(querier)
      this.#removed = true
    } catch (cause) {
      throw this.#error('left rows in the job tables of the server', cause)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #goOn(): Promise<void> {
    try {
      for (let due = this.#due(); due.length > 0; due = this.#due()) {
        const at = due[0]?.dueMs ?? 0
        await this.#sleepUntil(at / this.#speed)
        await this.#queue(() => this.#perform(due.filter(({ dueMs }) => dueMs === at)))
      }
    } catch {
      // `done` was rejected: the play failed, was aborted or was stopped.
    }
  }

  async #sleepUntil(ms: number): Promise<void> {
    const { signal } = this.#halt
    for (let left = ms; left > 0;) {
      left = this.#begunAt + ms - performance.now()
      if (left > 0) await delay(Math.min(left, LONGEST_TIMER_MS), undefined, { signal })
    }
  }

  /** The jobs whose scripts go on, by when their next moment is due. */
  #due(): PlayingJob[] {
    return this.#all
      .filter(({ dueMs }) => dueMs !== undefined)
      .toSorted((one, other) => (one.dueMs ?? 0) - (other.dueMs ?? 0))
  }

  #named(name: string): PlayingJob {
    const job = this.#all.find((one) => one.name === name)
    if (job === undefined) {
      const names = this.#all.slice(0, 20).map((one) => one.name)
      throw new JobScriptError(`${this.#where} has no job "${name}"; its jobs are ${names.join(', ')}`)
    }
    if (job.dueMs === undefined) throw new JobScriptError(`job "${name}" has no step left: ${job.end ?? 'played'}`)
    return job
  }

  /** One thing after the other: a connection sends one statement at a time, and a step must be whole. */
  #queue(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work)
    this.#work = done.catch(() => undefined)
    return done
  }

  /** Plays the next moment of each of these jobs, all at one instant. */
  async #perform(jobs: readonly PlayingJob[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    const what = jobs.slice(0, 3).map((job) => job.describe())
    try {
      const taken = await this.#tables.apply(jobs.map((job) => job.advance()))
      for (const job of jobs) {
        if (job.id !== '') this.#jobs.set(job.name, job)
        job.end = endOf(taken.find(({ job: row }) => row === job.row))
        job.settle()
      }
    } catch (cause) {
      this.#fail(this.#error(`could not be continued from ${what.join(', ')}`, cause))
      throw this.#failure ?? cause
    }
    if (this.#all.every(({ dueMs }) => dueMs === undefined)) this.#ended.resolve()
  }

  #fail(error: TiDBError): void {
    this.#failure ??= error
    this.#halt.abort()
    this.#ended.reject(error)
  }

  #error(what: string, cause: unknown): JobScriptError {
    const { host, answer } = cause instanceof TiDBError ? cause : {}
    const lost = isLost(cause)
    const said = answer === undefined ? `: ${firstLine(cause)}` : ''
    return new JobScriptError(`the job script ${this.#where} ${what}${said}`, {
      host,
      answer,
      hints: lost
        ? ['if the server comes back with its data, remove the rows with stop({ querier }) and a new session']
        : [],
      cause,
    })
  }
}

function endOf(taken: TakenOver | undefined): PlayEnd | undefined {
  if (taken === undefined) return undefined
  if (taken.status === undefined) return 'removed'
  return taken.status === 'cancelled' ? 'cancelled' : 'changed'
}
