import type { Reporter, Vitest } from 'vitest/node'
import { performance } from '../clock.ts'
import type { ImportProgress } from '../import-jobs/import-record.ts'
import type { ProgressDisplay } from './progress-display.ts'
import type { ProgressAudience } from './progress-listener.ts'

/**
 * Shows how import jobs come along while vitest runs: in the window that vitest draws at the bottom of a terminal, and
 * as plain lines on standard error if it draws none, as in CI. The plugin adds it. If no job is watched, nothing
 * is printed.
 */
export class ImportProgressReporter implements Reporter, ProgressAudience {
  #vitest: Vitest | undefined
  #display: ProgressDisplay | undefined
  #loading: Promise<void> | undefined
  /** What came in before the display was there. */
  #early: ((display: ProgressDisplay) => void)[] = []
  /** Progress may come in late, from workers that end after their run did. */
  #running = false

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestRunStart(): void {
    this.#running = true
  }

  onTestRunEnd(): void | Promise<void> {
    this.#running = false
    // At once if it can: what it says last comes before vitest's summary.
    if (this.#display !== undefined) return this.#display.end()
    return this.#loading?.then(() => this.#display?.end())
  }

  onProgress(progress: ImportProgress, sender: number): void {
    const now = performance.now()
    this.#show((display) => display.onProgress(progress, sender, now))
  }

  onGone(sender: number): void {
    if (this.#display !== undefined || this.#loading !== undefined) this.#show((display) => display.onGone(sender))
  }

  #show(say: (display: ProgressDisplay) => void): void {
    if (!this.#running || this.#vitest === undefined) return
    if (this.#display !== undefined) return say(this.#display)
    this.#early.push(say)
    this.#loading ??= this.#open(this.#vitest)
  }

  async #open(vitest: Vitest): Promise<void> {
    // Loaded with the first progress: it takes 25 ms, and most runs watch no job.
    const { openDisplay } = await import('./open-display.ts')
    const display = openDisplay(vitest)
    for (const say of this.#early) say(display)
    this.#early = []
    this.#display = display
  }
}
