import type { ImportProgress } from '../import-jobs/import-record.ts'
import { formatCount } from '../number-format.ts'
import { JobCounts } from './job-counts.ts'
import { colourOf, paintEnd } from './job-end.ts'
import { watchedKey } from './watched-key.ts'
import { JobMap } from './job-map.ts'
import { LinePace } from './line-pace.ts'
import { liveLines } from './live-lines.ts'
import { plain, type Paint } from './paint.ts'
import type { ProgressDisplay } from './progress-display.ts'
import { shortenLine } from '../terminal-text.ts'
import type { WindowRoom } from './vitest-window.ts'
import { cleanProgress } from './watched-job.ts'

const TITLE = 'Import jobs'
/** The empty line above, the headline, and one to spare: a window that fills the terminal makes it scroll. */
const LINES_BESIDE_JOBS = 3

export interface LiveDisplayOptions {
  /** Prints a line that stays, above what is drawn. */
  readonly print: (line: string) => void
  /** Has it drawn again soon. */
  readonly refresh: () => void
  readonly paint: Paint
}

/** Progress as a table that is drawn again and again, a line per job; how a job ended stays above it as a line. */
export class LiveDisplay implements ProgressDisplay {
  readonly #options: LiveDisplayOptions
  readonly #active = new JobMap<ImportProgress>()
  readonly #pace = new LinePace()
  #ended = new JobCounts()

  constructor(options: LiveDisplayOptions) {
    this.#options = options
  }

  onProgress(progress: ImportProgress, sender: number, now: number): void {
    const { print, refresh, paint } = this.#options
    this.#summarise(this.#pace.turn(now))
    const job = cleanProgress(progress)
    if (job.over) {
      this.#active.delete(progress, sender)
      this.#ended.add(job.status)
      if (this.#pace.admits(`${sender} ${watchedKey(progress)}`, job)) print(` ${paintEnd(job, paint)}`)
    } else {
      this.#active.set(progress, sender, job)
    }
    refresh()
  }

  onGone(sender: number): void {
    this.#active.deleteSender(sender)
    this.#options.refresh()
  }

  end(): void {
    this.#summarise(this.#pace.summary())
    this.#active.clear()
    this.#ended = new JobCounts()
  }

  /** What to draw now; nothing if no job is watched. */
  lines({ rows, columns, taken }: WindowRoom): string[] {
    const jobs = [...this.#active.values()]
    if (jobs.length === 0) return []
    // A third of the terminal, and never so much that vitest's own lines are pushed out of it.
    const most = Math.max(1, Math.min(Math.floor(rows / 3), rows - taken - LINES_BESIDE_JOBS))
    return ['', this.#headline(jobs, columns), ...liveLines(jobs, columns, most, this.#options.paint)]
  }

  /** In the way of vitest's ` Test Files  1 passed (3)`, and in line with it. */
  #headline(active: readonly ImportProgress[], columns: number): string {
    const counts = JobCounts.of(active.map(({ status }) => status))
    const lineOf = (paint: Paint) => {
      const kinds = [
        ...counts.kinds().map(({ status, text }) => paint(status === 'running' ? 'yellow' : 'dim', text)),
        ...this.#ended.kinds().map(({ status, text }) => paint(colourOf(status), text)),
      ]
      const total = formatCount(active.length + this.#ended.total)
      return `${paint('dim', TITLE)} ${kinds.join(paint('dim', ' | '))} ${paint('dim', `(${total})`)}`
    }
    const text = lineOf(plain)
    const fitting = shortenLine(text, columns)
    return fitting === text ? lineOf(this.#options.paint) : fitting
  }

  #summarise(summary: string | undefined): void {
    if (summary !== undefined) this.#options.print(` ${summary}`)
  }
}
