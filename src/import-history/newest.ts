import { wallTime } from '../clock.ts'
import type { ImportSummary } from '../import-jobs/import-record.ts'
import { jobKey, type HistoryReadOptions } from './import-history.ts'

const DAY_MS = 86_400_000

/**
 * Up to when a time is believed: a day from now, as clocks of machines differ. What is dated later was written while a
 * clock was wrong; it counts as older than all else, so that it does not stand for the last run until that day comes.
 */
export function believedUntil(): number {
  return wallTime() + DAY_MS
}

/** The newest few jobs of one name, out of summaries that come in any order. */
export class Newest {
  readonly #name: string
  readonly #count: number
  readonly #options: HistoryReadOptions
  readonly #believedUntil = believedUntil()
  /** Newest first. */
  readonly #kept: { readonly rank: number; readonly key: string; readonly summary: ImportSummary }[] = []
  readonly #keys = new Set<string>()

  constructor(name: string, count: number, options: HistoryReadOptions) {
    this.#name = name
    this.#count = count
    this.#options = options
  }

  /** Whether there are as many as were asked for. */
  get full(): boolean {
    return this.#kept.length >= this.#count
  }

  /** Whether a summary of that time would be among them: what is older need not be read. */
  takes(at: string): boolean {
    return !this.full || this.#rank(at) > (this.#kept.at(-1)?.rank ?? Number.POSITIVE_INFINITY)
  }

  add(summary: ImportSummary): void {
    const { exclude, outcome } = this.#options
    const key = jobKey(summary)
    if (summary.name !== this.#name || (outcome !== undefined && summary.outcome !== outcome)) return
    if (!this.takes(summary.at) || (exclude !== undefined && jobKey(exclude) === key)) return
    const rank = this.#rank(summary.at)
    if (this.#keys.has(key)) {
      const known = this.#kept.findIndex((entry) => entry.key === key)
      if ((this.#kept[known]?.rank ?? 0) >= rank) return
      this.#kept.splice(known, 1)
    }
    const older = this.#kept.findLastIndex((entry) => entry.rank >= rank) + 1
    this.#kept.splice(older, 0, { rank, key, summary })
    this.#keys.add(key)
    if (this.#kept.length > this.#count) this.#keys.delete(this.#kept.pop()?.key ?? '')
  }

  /** Oldest first. */
  summaries(): ImportSummary[] {
    return this.#kept.map(({ summary }) => summary).toReversed()
  }

  #rank(at: string): number {
    const time = Date.parse(at)
    return time > this.#believedUntil ? time - Number.MAX_SAFE_INTEGER : time
  }
}
