import type { Change, Columns } from './script.ts'

/** What the server calls the task of a job. */
export function taskKeyOf(id: bigint): string {
  return `ImportInto/${id}`
}

/** What was last written of one job: its row, its task and the rows that its task has imported. */
export class JobRow {
  /** The server's number for it; undefined before it was created. */
  id: bigint | undefined
  columns: Columns
  rows = 0n
  task: Columns = {}
  subtask: Columns = {}
  hasTask = false
  exists = false

  constructor(columns: Columns, id?: bigint) {
    this.columns = columns
    this.id = id
  }

  /** What the server calls its task. */
  get taskKey(): string {
    return taskKeyOf(this.number)
  }

  /** The number, of a job that was created. */
  get number(): bigint {
    if (this.id === undefined) throw new TypeError('a job that was not created has no number')
    return this.id
  }

  get status(): string {
    const { status } = this.columns
    return typeof status === 'string' ? status : ''
  }

  /** Takes a change over as written. */
  take({ job, rows, task, subtask, hasTask, exists }: Change): void {
    this.columns = { ...this.columns, ...job }
    this.rows = rows ?? this.rows
    this.task = { ...this.task, ...task }
    this.subtask = { ...this.subtask, ...subtask }
    this.hasTask = hasTask ?? this.hasTask
    this.exists = exists ?? this.exists
  }
}
