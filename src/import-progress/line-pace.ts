import { formatCount } from '../number-format.ts'
import { JobCounts } from './job-counts.ts'

/** How many lines are printed in each interval at most. */
export interface LinePaceOptions {
  readonly intervalMs: number
  /** About jobs that go on. */
  readonly progressLines: number
  /** About jobs that ended. */
  readonly endLines: number
}

const DEFAULTS: LinePaceOptions = { intervalMs: 10_000, progressLines: 20, endLines: 100 }

/**
 * Bounds what is printed about any number of jobs: so many lines in each interval, and one line that counts the jobs
 * about which nothing was printed.
 */
export class LinePace {
  readonly #options: LinePaceOptions
  /** What was held back, by job: its latest status. */
  readonly #held = new Map<string, string>()
  #since = -Infinity
  #progress = 0
  #ends = 0

  constructor(options: Partial<LinePaceOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options }
  }

  get intervalMs(): number {
    return this.#options.intervalMs
  }

  /** Whether a line about this job may be printed. Otherwise the job is counted in the next summary. */
  admits(job: string, { status, over }: { readonly status: string; readonly over: boolean }): boolean {
    const used = over ? (this.#ends += 1) : (this.#progress += 1)
    if (used <= (over ? this.#options.endLines : this.#options.progressLines)) {
      this.#held.delete(job)
      return true
    }
    this.#held.set(job, status)
    return false
  }

  /** Begins the next interval if this one is over, and returns a line about what it held back, if anything. */
  turn(now: number): string | undefined {
    if (now - this.#since < this.#options.intervalMs) return undefined
    this.#since = now
    this.#progress = 0
    this.#ends = 0
    return this.summary()
  }

  /** One line about what was held back since the last summary; undefined if nothing was. */
  summary(): string | undefined {
    if (this.#held.size === 0) return undefined
    const counts = JobCounts.of(this.#held.values())
    this.#held.clear()
    return `import jobs: ${formatCount(counts.total)} more: ${counts.describe()}`
  }
}
