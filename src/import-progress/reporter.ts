import type { Reporter, Vitest } from 'vitest/node'
import type { ImportProgress } from '../import-jobs/import-record.ts'
import { LiveDisplay } from './live-display.ts'
import { paintFor } from './paint.ts'
import { PlainDisplay } from './plain-display.ts'
import type { ProgressDisplay } from './progress-display.ts'
import type { ProgressAudience } from './progress-listener.ts'
import { joinWindow } from './vitest-window.ts'

/**
 * Shows how import jobs come along while vitest runs: in the window that vitest draws at the bottom of a terminal, and
 * as plain lines on standard error where it draws none, as in CI. The plugin adds it. Where no job is watched, nothing
 * is printed.
 */
export class ImportProgressReporter implements Reporter, ProgressAudience {
  #vitest: Vitest | undefined
  #display: ProgressDisplay | undefined
  /** Progress may come in late, from workers that end after their run did. */
  #running = false

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestRunStart(): void {
    this.#running = true
  }

  onTestRunEnd(): void {
    this.#running = false
    this.#display?.end()
  }

  onProgress(progress: ImportProgress, sender: number): void {
    if (!this.#running || this.#vitest === undefined) return
    this.#display ??= openDisplay(this.#vitest)
    this.#display.onProgress(progress, sender, performance.now())
  }

  onGone(sender: number): void {
    if (this.#running) this.#display?.onGone(sender)
  }
}

function openDisplay(vitest: Vitest): ProgressDisplay {
  const { outputStream, errorStream } = vitest.logger
  const live = new LiveDisplay({
    print: (line) => outputStream.write(`${line}\n`),
    refresh: () => window?.refresh(),
    paint: paintFor(outputStream),
  })
  const window = joinWindow(vitest, (room) => live.lines(room))
  if (window !== undefined) return live
  // Not on standard output: a reporter may write JSON there.
  return new PlainDisplay((line) => errorStream.write(`${line}\n`), { paint: paintFor(errorStream) })
}
