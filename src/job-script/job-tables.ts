import { randomUUID } from 'node:crypto'
import type { Row, Rows } from '../connection/rows.ts'
import { taskKeyOf, type JobRow } from './job-row.ts'
import type { Change, Columns } from './script.ts'
import { insertSql, updateSql, type Sql } from './statements.ts'
import { CANCELLED_STATES, Tasks, type ScriptQuerier } from './tasks.ts'

const JOBS = 'mysql.tidb_import_jobs'
const TASKS = 'mysql.tidb_global_task'
/** So many rows go into one statement. */
const BATCH = 500
/** Long enough for a batch on a machine that does much else. */
const STATEMENT_MS = 30_000

/** What should become of one job. */
export interface JobChange {
  readonly job: JobRow
  readonly change: Change
}

/** A job whose row is no longer as the script left it: somebody else changed it. */
export interface TakenOver {
  readonly job: JobRow
  /** Its status in the server; undefined if the server knows it no more. */
  readonly status: string | undefined
}

/** The server's own tables of import jobs, written as a server that imports would write them. */
export class JobTables {
  #querier: ScriptQuerier
  readonly #tasks: Tasks
  readonly #jobs = new Set<JobRow>()
  // In the parameters of each job, where the server reads over it: so that also those are found whose insert was cut.
  readonly #mark = `"job-script":"${randomUUID()}"`

  constructor(querier: ScriptQuerier) {
    this.#querier = querier
    this.#tasks = new Tasks((sql) => this.#send(sql))
  }

  /** Writes what changes at one instant. @returns those who were changed by somebody else, and are left alone. */
  async apply(changes: readonly JobChange[]): Promise<TakenOver[]> {
    const taken: TakenOver[] = []
    for (let from = 0; from < changes.length; from += BATCH) {
      taken.push(...(await this.#applyBatch(changes.slice(from, from + BATCH))))
    }
    return taken
  }

  /** Removes every row that was written. */
  async remove(querier = this.#querier): Promise<void> {
    this.#querier = querier
    const marked = await this.#send({
      sql: `select id from ${JOBS} where parameters like ?`,
      values: [`%${this.#mark}%`],
    })
    const known = [...this.#jobs].flatMap(({ id }) => (id === undefined ? [] : [id]))
    const ids = [...new Set([...known, ...marked.map(({ id }) => BigInt(id as number))])]
    for (let from = 0; from < ids.length; from += BATCH) {
      const batch = ids.slice(from, from + BATCH)
      await this.#send({ sql: `delete from ${JOBS} where id in (?)`, values: [batch] })
      await this.#tasks.remove(batch.map((id) => ({ taskKey: taskKeyOf(id) })))
    }
    this.#jobs.clear()
  }

  async #applyBatch(changes: readonly JobChange[]): Promise<TakenOver[]> {
    const steps = changes.map(({ job, change }) => {
      const { id, status, exists, hasTask } = job
      job.take(change)
      return { job, change, was: { id, status, exists, hasTask } }
    })
    const jobsWhere = (holds: (step: (typeof steps)[number]) => boolean) => steps.filter(holds).map(({ job }) => job)
    await this.#insert(jobsWhere(({ job, was }) => job.exists && !was.exists))
    // The task before the status: SHOW IMPORT JOBS fails as a whole if a running job has none.
    const finding = jobsWhere(({ job, was }) => job.hasTask && !was.hasTask)
    // A number that is used again may have the task of its last job.
    await this.#tasks.remove(jobsWhere(({ job, was }) => job.hasTask && !was.hasTask && was.id !== undefined))
    await this.#tasks.add(finding)
    await this.#tasks.update(jobsWhere(({ job, change, was }) => was.hasTask && job.hasTask && movesTask(change)))
    const taken = await this.#update(
      steps.flatMap(({ job, change, was }) => {
        if (was.exists) return changesAnything(change) ? [{ job, columns: change.job ?? {}, status: was.status }] : []
        const { status } = job
        return job.exists && firstStatus(job) !== status ? [{ job, columns: { status }, status: firstStatus(job) }] : []
      }),
    )
    const left = new Set(taken.map(({ job }) => job))
    const vanishing = jobsWhere(({ job, was }) => was.exists && !job.exists && !left.has(job))
    if (vanishing.length > 0) {
      await this.#send({ sql: `delete from ${JOBS} where id in (?)`, values: [vanishing.map(({ number }) => number)] })
    }
    await this.#tasks.remove(jobsWhere(({ job, was }) => was.hasTask && !job.hasTask && !left.has(job)))
    return taken
  }

  /** Jobs as they are, but for their status, which comes once they have a task. */
  async #insert(jobs: readonly JobRow[]): Promise<void> {
    const alike: JobRow[] = []
    for (const job of jobs) {
      if (job.id === undefined && this.#marked(job.columns) !== job.columns) alike.push(job)
      else await this.#insertOne(job)
    }
    if (alike.length === 0) return
    const { insertId } = await this.#send(
      insertSql(
        JOBS,
        alike.map((job) => this.#firstRow(job)),
      ),
    )
    const rows = await this.#send({
      sql: `select id from ${JOBS} where id >= ? and parameters like ? order by id limit ?`,
      values: [BigInt(insertId), `%${this.#mark}%`, alike.length],
    })
    alike.forEach((job, index) => {
      job.id = BigInt(rows[index]?.id as number)
      this.#jobs.add(job)
    })
  }

  async #insertOne(job: JobRow): Promise<void> {
    const id = job.id === undefined ? {} : { id: job.id }
    const { insertId } = await this.#send(insertSql(JOBS, [{ ...id, ...this.#firstRow(job) }]))
    job.id ??= BigInt(insertId)
    this.#jobs.add(job)
  }

  #firstRow(job: JobRow): Columns {
    return { ...this.#marked(job.columns), status: firstStatus(job) }
  }

  /** Changes rows that are as the script left them, all at one instant. */
  async #update(
    updates: readonly { readonly job: JobRow; readonly columns: Columns; readonly status: string }[],
  ): Promise<TakenOver[]> {
    if (updates.length === 0) return []
    const { affectedRows } = await this.#send(
      updateSql(
        JOBS,
        'id',
        updates.map(({ job, columns, status }) => ({
          key: job.number,
          columns: { update_time: { agoMs: 0 }, ...this.#marked(columns) },
          // CANCEL IMPORT JOB marks the task, and the server takes the job to cancelled a moment later.
          provided: {
            sql: `status = ? and not exists (select 1 from ${TASKS} where task_key = ? and state in (?))`,
            values: [status, job.taskKey, CANCELLED_STATES],
          },
        })),
      ),
    )
    return affectedRows === updates.length ? [] : this.#takenOver(updates.map(({ job }) => job))
  }

  async #takenOver(jobs: readonly JobRow[]): Promise<TakenOver[]> {
    const rows = await this.#send({
      sql: `select j.id, j.status, t.state from ${JOBS} j
        left join ${TASKS} t on t.task_key = concat('ImportInto/', j.id) and t.state in (?) where j.id in (?)`,
      values: [CANCELLED_STATES, jobs.map(({ number }) => number)],
    })
    return jobs.flatMap((job): TakenOver[] => {
      const row = rows.find(({ id }) => BigInt(id as number) === job.id)
      if (row === undefined) return [{ job, status: undefined }]
      if (row.state !== null) return [{ job, status: 'cancelled' }]
      return row.status === job.status ? [] : [{ job, status: String(row.status) }]
    })
  }

  /** The columns with the mark of this play in their parameters; the same if these are no JSON to have it in. */
  #marked(columns: Columns): Columns {
    const { parameters } = columns
    if (typeof parameters !== 'string' || !/^\s*\{.*\}\s*$/s.test(parameters)) return columns
    const comma = /^\s*\{\s*\}/.test(parameters) ? '' : ','
    return { ...columns, parameters: parameters.replace(/\}\s*$/, () => `${comma}${this.#mark}}`) }
  }

  #send({ sql, values }: Sql): Promise<Rows<Row>> {
    return this.#querier.query(sql, values, { within: STATEMENT_MS })
  }
}

/** What a job is inserted as: one with a task waits for it. */
function firstStatus({ hasTask, status }: JobRow): string {
  return hasTask ? 'pending' : status
}

function movesTask({ rows, task, subtask }: Change): boolean {
  return rows !== undefined || task !== undefined || subtask !== undefined
}

function changesAnything(change: Change): boolean {
  return Object.keys(change).length > 0
}
