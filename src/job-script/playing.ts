import { JobRow } from './job-row.ts'
import type { JobChange } from './job-tables.ts'
import { earlier } from './statements.ts'
import type { Change, Columns, JobScript, Moment, ScriptedJob, ScriptedStep } from './script.ts'

/** How the script of a job ended: to its end, or as somebody else had the job cancelled, removed or changed. */
export type PlayEnd = 'played' | 'cancelled' | 'removed' | 'changed'

/** A job that a script is played to. */
export interface PlayedJob {
  readonly name: string
  /** The server's number for it. */
  readonly id: string
  /** How its script ended; undefined while it goes on. */
  readonly end: PlayEnd | undefined
}

/** One job of a script while it is played: its row, and how far its script has come. */
export class PlayingJob implements PlayedJob {
  readonly name: string
  readonly row: JobRow
  readonly #dueMs: number
  // The first step is that the job is created.
  readonly #steps: readonly ScriptedStep[]
  #step = 0
  #moment = 0
  end: PlayEnd | undefined

  constructor(job: ScriptedJob, name: string, columns: Columns, earlierByMs?: number) {
    const owner: Columns = { table_schema: job.database, created_by: job.user }
    const given = Object.fromEntries(Object.entries(owner).filter(([, value]) => value !== undefined))
    const first: Columns = { ...columns, ...given, ...job.columns }
    this.name = name
    this.#dueMs = job.atMs
    this.row = new JobRow(first, job.id === undefined ? undefined : BigInt(job.id))
    const created = (change: Change) => ({ text: 'being created', moments: [{ atMs: 0, change }] })
    this.#steps =
      earlierByMs === undefined
        ? [created({ exists: true, hasTask: true }), ...job.steps]
        : [created(asItEnded(first, job, earlierByMs))]
  }

  /** The server's number for it; empty before it was created. */
  get id(): string {
    return String(this.row.id ?? '')
  }

  /** When its next moment is due, since the play began, in ms; undefined if its script is over. */
  get dueMs(): number | undefined {
    const moment = this.#next
    return this.end !== undefined || moment === undefined ? undefined : this.#dueMs + moment.atMs
  }

  /** How many moments its next step has left. */
  get momentsLeft(): number {
    return (this.#steps[this.#step]?.moments.length ?? 0) - this.#moment
  }

  /** What it does next, for errors: `job "orders", step 3 (finish)`. */
  describe(): string {
    const number = this.#step === 0 ? '' : `step ${this.#step} `
    return `job "${this.name}", ${number}(${this.#steps[this.#step]?.text ?? 'nothing more'})`
  }

  /** Goes on to the next moment. @returns what changes in the present one. */
  advance(): JobChange {
    const change = this.#next?.change ?? {}
    this.#moment += 1
    if (this.momentsLeft <= 0) {
      this.#step += 1
      this.#moment = 0
    }
    return { job: this.row, change }
  }

  /** Notes that its script is over, if it is. */
  settle(): void {
    if (this.#next === undefined) this.end ??= 'played'
  }

  get #next(): Moment | undefined {
    return this.#steps[this.#step]?.moments[this.#moment]
  }
}

/** The jobs of a script, a repeated one as often as it says; those of long ago spread over their age. */
export function playingJobs({ jobs }: JobScript, columns: Columns): PlayingJob[] {
  return jobs.flatMap((job) => {
    const { name, repeat, ageMs, steps } = job
    const lastsMs = steps.at(-1)?.moments.at(-1)?.atMs ?? 0
    return Array.from({ length: repeat }, (_, index) => {
      const age = ageMs === undefined ? undefined : ageMs - ((ageMs - lastsMs) * index) / repeat
      return new PlayingJob(job, repeat === 1 ? name : `${name}#${index + 1}`, columns, age)
    })
  })
}

/** A job of long ago, as one change: all its steps, each at its time. */
function asItEnded(first: Columns, { steps }: ScriptedJob, ageMs: number): Change {
  const row = new JobRow(earlier(first, ageMs))
  row.take({ exists: true, hasTask: true })
  for (const { atMs, change } of steps.flatMap(({ moments }) => moments)) {
    row.take({ ...change, job: earlier(change.job ?? {}, ageMs - atMs) })
  }
  const { columns, rows, task, subtask, exists } = row
  // What has ended is asked for no task; ten thousand of them would be as many rows more.
  const hasTask = exists && row.hasTask && (row.status === 'running' || row.status === 'pending')
  return { job: columns, rows, task, subtask, exists, hasTask }
}
