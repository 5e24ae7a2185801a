import type { ImportProgress } from '../import-jobs/import-record.ts'
import { paintEnd } from './job-end.ts'
import { watchedKey } from './watched-key.ts'
import { JobMap } from './job-map.ts'
import { LinePace, type LinePaceOptions } from './line-pace.ts'
import { plain, type Paint } from './paint.ts'
import type { ProgressDisplay } from './progress-display.ts'
import { cleanProgress, describeProgress, stageOf, titleOf } from './watched-job.ts'

/** What was last said about a job. */
interface Said {
  readonly at: number
  readonly stage: string
  readonly note: string | undefined
  readonly line: string
}

export interface PlainDisplayOptions extends Partial<LinePaceOptions> {
  /** By default, none. */
  readonly paint?: Paint
}

/**
 * Progress as plain lines, for CI and pipes: a job's first line at once, then one when its phase or status changes, one
 * each interval while something moves, and how it ended.
 */
export class PlainDisplay implements ProgressDisplay {
  readonly #print: (line: string) => void
  readonly #paint: Paint
  readonly #pace: LinePace
  readonly #said = new JobMap<Said>()

  constructor(print: (line: string) => void, { paint = plain, ...pace }: PlainDisplayOptions = {}) {
    this.#print = print
    this.#paint = paint
    this.#pace = new LinePace(pace)
  }

  onProgress(progress: ImportProgress, sender: number, now: number): void {
    this.#summarise(this.#pace.turn(now))
    const job = cleanProgress(progress)
    const id = `${sender} ${watchedKey(progress)}`
    if (job.over) {
      this.#said.delete(progress, sender)
      if (this.#pace.admits(id, job)) this.#print(paintEnd(job, this.#paint))
      return
    }
    const stage = stageOf(job)
    const line = `${titleOf(job)}: ${describeProgress(job)}`
    const last = this.#said.get(progress, sender)
    const changed = last === undefined || last.stage !== stage || last.note !== job.note
    const due = last !== undefined && now - last.at >= this.#pace.intervalMs && last.line !== line
    if (!changed && !due) return
    this.#said.set(progress, sender, { at: now, stage, note: job.note, line })
    if (this.#pace.admits(id, job)) this.#print(line)
  }

  onGone(sender: number): void {
    this.#said.deleteSender(sender)
  }

  end(): void {
    this.#summarise(this.#pace.summary())
    this.#said.clear()
  }

  #summarise(summary: string | undefined): void {
    if (summary !== undefined) this.#print(summary)
  }
}
