import type { ImportPhase, TimeLineEntry } from './import-record.ts'

/** How many of the first and of the last entries are kept: a job that flaps for a night does not fill the memory. */
const KEPT = 200

/** What happened to one watched job, and how long each of its phases was seen. */
export class JobTimeLine {
  readonly #first: TimeLineEntry[] = []
  readonly #last: TimeLineEntry[] = []
  #left = 0
  readonly #phases = new Map<string, number>()
  #phase: { readonly name: string; readonly since: number } | undefined

  add(entry: TimeLineEntry): void {
    if (this.#first.length < KEPT) this.#first.push(entry)
    else {
      this.#last.push(entry)
      if (this.#last.length <= KEPT) return
      this.#last.shift()
      this.#left += 1
    }
  }

  /** From now on it is in this phase; undefined if it is in none any more. */
  enter(name: string | undefined, ms: number): void {
    if (this.#phase?.name === name) return
    if (this.#phase !== undefined) this.#count(this.#phase, ms)
    this.#phase = name === undefined ? undefined : { name, since: ms }
  }

  /** Every phase that was seen, in the order in which each was first, with how long until `ms`. */
  phases(ms: number): ImportPhase[] {
    const running = this.#phase
    const phases = new Map(this.#phases)
    if (running !== undefined) phases.set(running.name, (phases.get(running.name) ?? 0) + ms - running.since)
    return [...phases].map(([phase, time]) => ({ phase, ms: Math.round(time) }))
  }

  entries(): TimeLineEntry[] {
    const next = this.#last[0]
    if (this.#left === 0 || next === undefined) return [...this.#first, ...this.#last]
    const gap: TimeLineEntry = { at: next.at, ms: next.ms, kind: 'seen', text: `${this.#left} entries left out` }
    return [...this.#first, gap, ...this.#last]
  }

  #count({ name, since }: { readonly name: string; readonly since: number }, ms: number): void {
    this.#phases.set(name, (this.#phases.get(name) ?? 0) + ms - since)
  }
}
