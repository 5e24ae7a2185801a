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

/** Picks the jobs that are active and new out of the lists that it is told of, one after the other. */
export class Discovery implements Disposable {
  readonly #untilIdle: boolean
  readonly #endsAt: number
  readonly #stop: readonly AbortSignal[]
  readonly #timer: NodeJS.Timeout | undefined
  readonly #known = new Set<string>()
  readonly #lists: (readonly ImportJob[])[] = []
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

  /** Each job that is active now or later, once. @throws what `failed` was told. */
  async *fresh(): AsyncGenerator<ImportJob, void, undefined> {
    for (let listed = false; ;) {
      const changed = this.#changed.promise
      const jobs = this.#lists.shift()
      for (const job of jobs ?? []) {
        if (!job.active || this.#known.has(job.id)) continue
        this.#known.add(job.id)
        yield job
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

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    for (const end of this.#stop) end.removeEventListener('abort', this.#change)
  }
}
