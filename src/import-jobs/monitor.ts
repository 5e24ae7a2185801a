import { clearTimeout, performance, setTimeout } from '../clock.ts'
import { deadlineMs, toMs, type Duration } from '../duration.ts'
import type { TiDBConnection } from '../connection/connection.ts'
import { answerOf, permanence } from '../connection/error-codes.ts'
import { hintsAt } from '../connection/started-servers.ts'
import { driverError } from '../connection/retry.ts'
import { AbortedError, DeadlineError, ImportJobError, StatementError, TiDBError } from '../errors.ts'
import { Discovery, type DiscoveryLimits } from './discovery.ts'
import { ImportJob } from './import-job.ts'
import { ListedJobs } from './listed-jobs.ts'
import { toJobId, type JobReference } from './job-id.ts'
import { serverClock } from './server-clock.ts'
import type { Querier } from '../connection/ask.ts'
import { isJobMissing, isServersOwnFailure, listImportJobs, showImportJob } from './show.ts'
import { threadsOf } from './threads.ts'
import { TrackedJob } from './tracked-job.ts'
import { WatchedImportJob, type WatchOptions } from './watched-import-job.ts'

export interface MonitorOptions {
  /** Dials the server to be asked; called again when the connection is lost. */
  readonly connect: (signal: AbortSignal) => Promise<TiDBConnection>
  /** `host:port` of that server. */
  readonly host: string
  /** From the start of one poll to that of the next. Default 1 s. */
  readonly interval?: Duration | undefined
  /** After how long without progress a running job counts as stalled. Default 5 min. */
  readonly stall?: Duration | undefined
  /** How long one statement may take before the connection is given up for lost. Default 10 s. */
  readonly statementTimeout?: Duration | undefined
  /** Called after each poll of a job. */
  readonly onLook?: ((watched: WatchedImportJob) => void) | undefined
}

export interface DiscoverOptions extends WatchOptions, DiscoveryLimits {}

interface Entry {
  readonly tracked: TrackedJob
  readonly watches: Set<WatchedImportJob>
  /** As it was known before it was polled: that it is not there any more is then no error. */
  known: ImportJob | undefined
}

const NO_PRIVILEGE = 1227
/** More jobs than that are asked for by one statement. */
const MANY = 16
/** What the server may take for each of them: it looks for the task of one that runs among all tasks. */
const LISTED_MS = 20
const SLOWEST_DIAL_MS = 2_000

/**
 * Polls import jobs for all who watch them: one connection and one SHOW IMPORT JOB for each job and poll, however
 * many watch; one SHOW IMPORT JOBS a poll for many jobs, and while somebody wants to discover new ones.
 *
 * It outlives a lost connection, a server that is restarted, a job that is forgotten, and a statement that fails as a
 * whole; what it could not see is in the job's time line.
 */
export class ImportJobMonitor implements AsyncDisposable {
  /** `host:port` of the server. */
  readonly host: string
  readonly #options: MonitorOptions
  readonly #intervalMs: number
  /** After how long without progress a running job counts as stalled, in ms. */
  readonly stallMs: number
  readonly #statementMs: number
  // Several may have one number: the server uses it again once it forgot a job.
  readonly #entries = new Set<Entry>()
  readonly #lastList = new ListedJobs()
  readonly #discoveries = new Set<Discovery>()
  readonly #disposed = new AbortController()
  #connection: TiDBConnection | undefined
  #timeZone: string | undefined
  #failedDials = 0
  #saysThreads = true
  #statements = 0
  #polling = false
  #running: Promise<void> | undefined
  #wake = Promise.withResolvers<void>()

  constructor(options: MonitorOptions) {
    this.host = options.host
    this.#options = options
    this.#intervalMs = deadlineMs(options.interval ?? 1_000, 'interval')
    this.stallMs = toMs(options.stall ?? 300_000, 'stall')
    this.#statementMs = toMs(options.statementTimeout ?? 10_000, 'statementTimeout')
  }

  /** How many statements were sent to poll jobs. */
  get statements(): number {
    return this.#statements
  }

  /**
   * Watches one job from now on.
   *
   * @throws {ImportJobError} if the id is not a number.
   */
  watch(job: JobReference, options: WatchOptions = {}): WatchedImportJob {
    if (this.#disposed.signal.aborted)
      throw new ImportJobError(undefined, 'the monitor was closed', { host: this.host })
    return this.#watch(this.#entryOf(toJobId(job), job instanceof ImportJob ? job : undefined), options)
  }

  #watch(entry: Entry, options: WatchOptions): WatchedImportJob {
    const { tracked, watches } = entry
    const watched = new WatchedImportJob(tracked, this.host, options, (stopped) => {
      watches.delete(stopped)
      if (watches.size === 0) this.#entries.delete(entry)
    })
    // Its signal may have fired before.
    if (watched.sighting.stopped !== undefined) return watched
    watches.add(watched)
    this.#entries.add(entry)
    this.#begin()
    return watched
  }

  /** What is kept of a job: of the one that is known, if it is, as another may have had the same number. */
  #entryOf(id: string, known: ImportJob | undefined): Entry {
    let gone: ImportJob | undefined
    for (const entry of this.#entries) {
      const { tracked } = entry
      if (tracked.id !== id) continue
      const job = tracked.job ?? entry.known
      if (job === undefined || (known === undefined ? !tracked.gone : known.isSame(job))) {
        entry.known ??= known
        return entry
      }
      gone = job
    }
    const tracked = new TrackedJob(id, this.stallMs, this.#intervalMs + this.#statementMs)
    return { tracked, watches: new Set(), known: known ?? gone }
  }

  /**
   * Watches every job that is active now or later, as it appears; also one that came and went between two polls.
   *
   * @throws {StatementError} if the server refuses to list jobs.
   * @example for await (const job of monitor.discover({ duration: '8h' })) report(job)
   */
  async *discover(options: DiscoverOptions = {}): AsyncGenerator<WatchedImportJob, void, undefined> {
    using discovery = new Discovery(options, this.#disposed.signal)
    this.#discoveries.add(discovery)
    this.#begin()
    try {
      for await (const job of discovery.fresh()) {
        const { leftMs } = discovery
        const entry = this.#entryOf(job.id, job)
        const watched = this.#watch(entry, { ...options, ...(leftMs !== undefined && { duration: leftMs }) })
        if (entry.tracked.job === undefined) {
          await this.#askThreadsOfEnded(entry.tracked, job)
          entry.tracked.see(job)
          this.#tell(entry)
        }
        yield watched
      }
    } finally {
      this.#discoveries.delete(discovery)
    }
  }

  /** Ends all watches, and closes the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed.abort()
    for (const { watches } of [...this.#entries]) for (const watched of [...watches]) watched.stop()
    this.#wake.resolve()
    await this.#running
    await this.#connection?.close()
  }

  /** There is something to poll: at once, not at the next turn. */
  #begin(): void {
    this.#wake.resolve()
    if (this.#polling) return
    this.#polling = true
    this.#running = this.#run()
  }

  async #run(): Promise<void> {
    const { signal } = this.#disposed
    try {
      while (!signal.aborted && this.#isWanted()) {
        this.#wake = Promise.withResolvers<void>()
        const began = performance.now()
        await this.#poll()
        const backOff = this.#failedDials === 0 ? 0 : Math.min(SLOWEST_DIAL_MS, 50 * 2 ** this.#failedDials)
        await this.#pause(Math.max(this.#intervalMs, backOff) - (performance.now() - began))
      }
    } finally {
      // In one step with seeing that nobody wants a poll: who comes next begins anew.
      this.#polling = false
    }
  }

  #isWanted(): boolean {
    return this.#discoveries.size > 0 || this.#open().length > 0
  }

  #open(): Entry[] {
    return [...this.#entries].filter(({ tracked }) => !tracked.over)
  }

  /** Until the next poll is due, or somebody wants one. */
  async #pause(ms: number): Promise<void> {
    if (ms <= 0) return
    let timer: NodeJS.Timeout | undefined
    await Promise.race([
      this.#wake.promise,
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms)
      }),
    ])
    clearTimeout(timer)
  }

  async #poll(): Promise<void> {
    const entries = this.#open()
    const connection = await this.#connected(entries)
    if (connection === undefined) return
    const querier = this.#querier(connection)
    const listed = entries.length > MANY ? await this.#listed(connection, entries.length) : undefined
    if (listed !== undefined) await this.#askThreadsOfMany(entries, listed, querier)
    await Promise.all(entries.map((entry) => this.#lookAt(entry, querier, listed?.get(entry.tracked.id))))
    if (this.#discoveries.size > 0) await this.#list(querier)
  }

  /** All jobs by their numbers; undefined if the server can't list them, or not now: it is asked for each. */
  async #listed(connection: TiDBConnection, jobs: number): Promise<ReadonlyMap<string, ImportJob> | undefined> {
    try {
      const querier = this.#querier(connection, this.#statementMs + jobs * LISTED_MS)
      const all = await listImportJobs(querier, { timeZone: this.#timeZone, listed: this.#lastList })
      return new Map(all.map((job) => [job.id, job]))
    } catch {
      // What is wrong is found out, and noted, for each of the jobs.
      return undefined
    }
  }

  async #lookAt(entry: Entry, querier: Querier, listed: ImportJob | undefined): Promise<void> {
    const { tracked } = entry
    try {
      const job = listed ?? (await showImportJob(querier, tracked.id, { timeZone: this.#timeZone }))
      if (job !== undefined) {
        this.#timeZone = job.timeZone
        const before = tracked.job ?? entry.known
        await this.#askThreads([{ tracked, job }], querier)
        tracked.see(before === undefined || job.isSame(before) ? job : before.vanished())
      }
    } catch (error) {
      this.#lookFailed(entry, error)
    }
    this.#tell(entry)
  }

  /** One that came and went between two polls is not polled. */
  async #askThreadsOfEnded(tracked: TrackedJob, job: ImportJob): Promise<void> {
    if (job.active || this.#connection === undefined) return
    try {
      await this.#askThreads([{ tracked, job }], this.#querier(this.#connection))
    } catch {
      // The connection is lost: they stay unknown.
    }
  }

  async #askThreadsOfMany(
    entries: readonly Entry[],
    listed: ReadonlyMap<string, ImportJob>,
    querier: Querier,
  ): Promise<void> {
    const seen = entries.flatMap(({ tracked }) => {
      const job = listed.get(tracked.id)
      return job === undefined ? [] : [{ tracked, job }]
    })
    try {
      await this.#askThreads(seen, querier)
    } catch {
      // The connection is lost: that is noted for each of the jobs.
    }
  }

  /** Before the end of a job is noted. What this user may not read stays unknown: the job is watched as well. */
  async #askThreads(seen: readonly { readonly tracked: TrackedJob; readonly job: ImportJob }[], querier: Querier) {
    const unknown = seen.filter(({ tracked, job }) => !job.active && !tracked.over)
    if (!this.#saysThreads || unknown.length === 0) return
    try {
      const threads = await threadsOf(
        querier,
        unknown.map(({ tracked }) => tracked.id),
      )
      for (const { tracked } of unknown) tracked.threads = threads.get(tracked.id)
    } catch (error) {
      if (error instanceof AbortedError || (this.#passes(error) && !(error instanceof DeadlineError))) throw error
      this.#saysThreads = false
    }
  }

  /** Reports that a job was polled: once, however many watch it. */
  #tell({ watches }: Entry): void {
    const [watched] = watches
    if (watched !== undefined) this.#options.onLook?.(watched)
  }

  #lookFailed({ tracked, known }: Entry, error: unknown): void {
    const before = tracked.job ?? known
    if (isServersOwnFailure(error)) tracked.lose('no task', error)
    else if (isJobMissing(error) && before !== undefined) tracked.see(before.vanished())
    else if (this.#passes(error)) tracked.lose('unreachable', error)
    else tracked.fail(asJobError(tracked.id, error))
  }

  async #list(querier: Querier): Promise<void> {
    try {
      const fresh = [...this.#discoveries].filter(({ begun }) => !begun)
      if (fresh.length > 0) {
        const now = await serverClock(querier)
        for (const discovery of fresh) discovery.begin(now)
      }
      const jobs = await listImportJobs(querier, { timeZone: this.#timeZone })
      // One that came meanwhile has its first list with the next poll.
      for (const discovery of this.#discoveries) if (discovery.begun) discovery.found(jobs)
    } catch (error) {
      // A server that can't list for the moment is asked again.
      if (this.#passes(error) || error instanceof ImportJobError) return
      for (const discovery of this.#discoveries) discovery.failed(error)
    }
  }

  /** Whether a poll failed for a reason that may pass; a connection that is lost is dialled anew for the next. */
  #passes(error: unknown): boolean {
    if (error instanceof AbortedError) return true
    if (error instanceof DeadlineError || this.#connection?.closed) {
      this.#connection?.destroy()
      this.#connection = undefined
      return true
    }
    return permanence(answerOf(driverError(error))) !== 'permanent'
  }

  async #connected(entries: readonly Entry[]): Promise<TiDBConnection | undefined> {
    if (this.#connection?.closed === false) return this.#connection
    this.#timeZone = undefined
    try {
      this.#connection = await this.#options.connect(this.#disposed.signal)
      this.#failedDials = 0
      return this.#connection
    } catch (error) {
      this.#failedDials += 1
      const passes = error instanceof TiDBError || permanence(answerOf(error)) !== 'permanent'
      for (const entry of entries) {
        const { tracked } = entry
        if (passes) tracked.lose('unreachable', error)
        else tracked.fail(this.#dialError(tracked.id, error))
        this.#tell(entry)
      }
      if (!passes) {
        for (const discovery of this.#discoveries) discovery.failed(this.#dialError(undefined, error))
      }
      return undefined
    }
  }

  #dialError(id: string | undefined, error: unknown): ImportJobError {
    const what = id === undefined ? 'import jobs' : `import job ${id}`
    const answer = answerOf(error)
    return new ImportJobError(id, `${what} can't be watched: the server refuses the connection`, {
      host: this.host,
      answer,
      hints: hintsAt(this.host, answer),
      cause: error,
    })
  }

  #querier(connection: TiDBConnection, within = this.#statementMs): Querier {
    const limits = { within, signal: this.#disposed.signal }
    return {
      query: (sql, values, options) => {
        this.#statements += 1
        return connection.query(sql, values, { ...options, ...limits })
      },
    }
  }
}

function asJobError(id: string, error: unknown): unknown {
  if (!(error instanceof StatementError)) return error
  const { host, answer } = error
  if (isJobMissing(error)) {
    return new ImportJobError(id, `there is no import job ${id}`, {
      host,
      answer,
      hints: ['see SHOW IMPORT JOBS: each cluster has its own numbers', 'the server forgets jobs that ended long ago'],
      cause: error,
    })
  }
  if (error.errno !== NO_PRIVILEGE) return error
  return new ImportJobError(id, `import job ${id} belongs to another user`, {
    host,
    answer,
    hints: ['watch it as the user who started it, or grant SUPER: without it, a user sees only jobs of their own'],
    cause: error,
  })
}
