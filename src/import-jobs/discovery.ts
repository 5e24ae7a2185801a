import { clearTimeout, performance, setTimeout } from '../clock.ts'
import { deadlineMs, type Duration } from '../duration.ts'
import type { ImportJob } from './import-job.ts'

/** How long a discovery goes on. */
export interface DiscoveryLimits {
  /** Ends once no job is active any more. Default: goes on until `duration` or `signal`. */
  readonly untilIdle?: boolean | undefined
  /** How long it goes on at most; 0 polls once. */
  readonly duration?: Duration | undefined
  /** Ends it. */
  readonly signal?: AbortSignal | undefined
}

/** How far the clocks of the nodes of a cluster may differ, in ms: a job has the time of the node that it was created on. */
const CLOCK_SKEW_MS = 60_000

/**
 * Picks the jobs that are active, or came after it began, out of the lists that it is given, one after the other. Their
 * numbers would not tell which came later: each node of a cluster has a range of its own.
 */
export class Discovery implements Disposable {
  readonly #untilIdle: boolean
  readonly #endsAt: number
  readonly #stop: readonly AbortSignal[]
  readonly #timer: NodeJS.Timeout | undefined
  /** Each job that was ever listed: a number that is used again is another job. */
  readonly #known = new Map<string, ImportJob>()
  readonly #lists: (readonly ImportJob[])[] = []
  readonly #since = performance.now()
  /** When it began by the server's clock, in ms since 1970. */
  #begunAt: number | undefined
  #failure: { readonly error: unknown } | undefined
  #changed = Promise.withResolvers<void>()
  readonly #change = () => {
    const { resolve } = this.#changed
    this.#changed = Promise.withResolvers<void>()
    resolve()
  }

  /** @param closed ends it as well, beside `signal`. */
  constructor({ untilIdle = false, duration, signal }: DiscoveryLimits, closed: AbortSignal) {
    this.#untilIdle = untilIdle
    const ms = duration === undefined ? undefined : deadlineMs(duration, 'duration')
    this.#endsAt = performance.now() + (ms ?? Number.POSITIVE_INFINITY)
    if (ms !== undefined) this.#timer = setTimeout(this.#change, ms)
    this.#stop = signal === undefined ? [closed] : [signal, closed]
    for (const end of this.#stop) end.addEventListener('abort', this.#change, { once: true })
  }

  /** How much of its time is left, in ms; undefined if it has no end. */
  get leftMs(): number | undefined {
    return Number.isFinite(this.#endsAt) ? Math.max(0, this.#endsAt - performance.now()) : undefined
  }

  /** Whether it knows when it began by the server's clock: no list before. */
  get begun(): boolean {
    return this.#begunAt !== undefined
  }

  /** Tells it what the server's clock says now. */
  begin(serverMs: number): void {
    this.#begunAt = serverMs - (performance.now() - this.#since)
  }

  /** Tells it what the server lists now. */
  found(jobs: readonly ImportJob[]): void {
    this.#lists.push(jobs)
    this.#change()
  }

  /** Tells it that the server will not list jobs. */
  failed(error: unknown): void {
    this.#failure = { error }
    this.#change()
  }

  /** Each job that is active now or later, or came and went since it began, once. @throws what `failed` was told. */
  async *fresh(): AsyncGenerator<ImportJob, void, undefined> {
    for (let listed = false; ;) {
      const changed = this.#changed.promise
      const jobs = this.#lists.shift()
      for (const job of jobs ?? []) {
        if (this.#known.get(job.id)?.isSame(job) === true) continue
        this.#known.set(job.id, job)
        if (job.active || this.#isNew(job, listed)) yield job
      }
      if (jobs !== undefined) {
        listed = true
        if (this.#untilIdle && !jobs.some(({ active }) => active)) return
        continue
      }
      if (this.#failure !== undefined) throw this.#failure.error
      // Listed at least once, however short the time.
      if ((this.leftMs === 0 && listed) || this.#stop.some((end) => end.aborted)) return
      await changed
    }
  }

  /** Whether a job that has ended was created since it began: between two lists, or before the first. */
  #isNew({ createTime }: ImportJob, listed: boolean): boolean {
    const begun = this.#begunAt ?? Number.POSITIVE_INFINITY
    if (createTime === undefined) return listed
    return createTime.getTime() >= (listed ? begun - CLOCK_SKEW_MS : begun)
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    for (const end of this.#stop) end.removeEventListener('abort', this.#change)
  }
}
