import type { ImportProgress } from '../import-jobs/import-record.ts'
import { watchedKey } from './watched-key.ts'

/** Something for each job, by the worker that watches it. */
export class JobMap<T> {
  readonly #senders = new Map<number, Map<string, T>>()

  get(progress: ImportProgress, sender: number): T | undefined {
    return this.#senders.get(sender)?.get(watchedKey(progress))
  }

  set(progress: ImportProgress, sender: number, value: T): void {
    let jobs = this.#senders.get(sender)
    if (jobs === undefined) this.#senders.set(sender, (jobs = new Map()))
    jobs.set(watchedKey(progress), value)
  }

  delete(progress: ImportProgress, sender: number): void {
    this.#senders.get(sender)?.delete(watchedKey(progress))
  }

  deleteSender(sender: number): void {
    this.#senders.delete(sender)
  }

  clear(): void {
    this.#senders.clear()
  }

  /** In the order in which they came. */
  *values(): Iterable<T> {
    for (const jobs of this.#senders.values()) yield* jobs.values()
  }
}
