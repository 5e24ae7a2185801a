import { formatCount } from '../number-format.ts'

/** More kinds than a server has; what comes after is one kind. */
const MOST_KINDS = 10
const OTHER = 'other'

/** How many jobs are in each status, in the order in which the statuses came up. */
export class JobCounts {
  readonly #counts = new Map<string, number>()
  #total = 0

  static of(statuses: Iterable<string>): JobCounts {
    const counts = new JobCounts()
    for (const status of statuses) counts.add(status)
    return counts
  }

  get total(): number {
    return this.#total
  }

  add(status: string): void {
    const kind = this.#counts.has(status) || this.#counts.size < MOST_KINDS ? status : OTHER
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
    this.#total += 1
  }

  /** Each status with its count: `3 running`. */
  kinds(): { readonly status: string; readonly text: string }[] {
    return [...this.#counts].map(([status, count]) => ({ status, text: `${formatCount(count)} ${status}` }))
  }

  /** `3 running, 12 pending`. */
  describe(): string {
    return this.kinds()
      .map(({ text }) => text)
      .join(', ')
  }
}
