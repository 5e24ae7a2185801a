import type { TiDBConnection } from '../connection/connection.ts'
import type { Row, Rows } from '../connection/rows.ts'
import type { JobRow } from './job-row.ts'
import { insertSql, updateSql, type Sql, type Update } from './statements.ts'

/** What a job script is played through: a session, or a connection. */
export type ScriptQuerier = Pick<TiDBConnection, 'query'>

const TASKS = 'mysql.tidb_global_task'
const SUBTASKS = 'mysql.tidb_background_subtask'

/** More than any machine has, so that the server's scheduler never takes the task up: it stays as it was written. */
const CONCURRENCY = 100_000
/** Of the steps of an import, the one of which the server counts the rows. */
const IMPORT_STEP = 1
/** The server's number for IMPORT INTO among its kinds of tasks. */
const IMPORT_TYPE = 2

/** States of a task that somebody cancelled; from the first on, the server takes its job to cancelled. */
export const CANCELLED_STATES = ['cancelling', 'reverting', 'reverted']

/**
 * The tasks behind running jobs, in which the server looks for the rows they imported. They are real enough for CANCEL
 * IMPORT JOB, which the server itself then carries out.
 */
export class Tasks {
  readonly #send: (sql: Sql) => Promise<Rows<Row>>

  constructor(send: (sql: Sql) => Promise<Rows<Row>>) {
    this.#send = send
  }

  /** Gives jobs a task, with the rows that they have. */
  async add(jobs: readonly JobRow[]): Promise<void> {
    if (jobs.length === 0) return
    const now = { agoMs: 0 }
    await this.#send(
      insertSql(
        TASKS,
        jobs.map((job) => ({
          task_key: job.taskKey,
          type: 'ImportInto',
          state: 'running',
          create_time: now,
          start_time: now,
          state_update_time: now,
          // Without this switch, the server asks a PD, which unistore has not, to carry out a CANCEL.
          meta: `{"JobID":${job.id},"Plan":{"DisableTiKVImportMode":true},"Stmt":"","Result":{},"ChunkMap":{}}`,
          concurrency: CONCURRENCY,
          step: IMPORT_STEP,
        })),
      ),
    )
    const ids = await this.#idsOf(jobs, [TASKS])
    await this.#send(
      insertSql(
        SUBTASKS,
        ids.map(({ id, task_key: key }) => ({
          task_key: String(id),
          step: IMPORT_STEP,
          type: IMPORT_TYPE,
          exec_id: 'job-script',
          state: 'succeed',
          checkpoint: '{}',
          ordinal: 1,
          concurrency: 1,
          create_time: now,
          // Without it, the server fails on the subtask.
          summary: '{}',
          meta: progress(jobs.find(({ taskKey }) => taskKey === key)),
        })),
      ),
    )
    await this.update(jobs.filter(({ task, subtask }) => Object.keys({ ...task, ...subtask }).length > 0))
  }

  /** Writes the rows of running jobs, and the raw columns of their tasks. */
  async update(jobs: readonly JobRow[]): Promise<void> {
    if (jobs.length === 0) return
    const tasks: Update[] = []
    const subtasks: Update[] = []
    for (const { id, task_key: taskKey } of await this.#idsOf(jobs, [TASKS])) {
      const job = jobs.find((one) => one.taskKey === taskKey)
      tasks.push({ key: BigInt(id), columns: job?.task ?? {} })
      subtasks.push({ key: String(id), columns: { meta: progress(job), ...job?.subtask } })
    }
    const changed = tasks.filter(({ columns }) => Object.keys(columns).length > 0)
    if (changed.length > 0) await this.#send(updateSql(TASKS, 'id', changed))
    if (subtasks.length > 0) await this.#send(updateSql(SUBTASKS, 'task_key', subtasks))
  }

  /** Removes the tasks of jobs, those that the server has put away as well. */
  async remove(jobs: readonly Pick<JobRow, 'taskKey'>[]): Promise<void> {
    if (jobs.length === 0) return
    const ids = (await this.#idsOf(jobs, [TASKS, `${TASKS}_history`])).map(({ id }) => String(id))
    if (ids.length === 0) return
    // The subtasks first: whoever has just read of a running job then still finds its task.
    for (const table of [SUBTASKS, `${SUBTASKS}_history`]) {
      await this.#send({ sql: `delete from ${table} where task_key in (?)`, values: [ids] })
    }
    for (const table of [TASKS, `${TASKS}_history`]) {
      await this.#send({ sql: `delete from ${table} where id in (?)`, values: [ids.map(BigInt)] })
    }
  }

  async #idsOf(
    jobs: readonly Pick<JobRow, 'taskKey'>[],
    tables: readonly string[],
  ): Promise<{ id: number; task_key: string }[]> {
    const keys = jobs.map(({ taskKey }) => taskKey)
    const selects = tables.map((table) => `select id, task_key from ${table} where task_key in (?)`)
    const rows = await this.#send({ sql: selects.join(' union all '), values: tables.map(() => keys) })
    return rows as unknown as { id: number; task_key: string }[]
  }
}

/** Releases differ in the name of the count: both are written, and each reads its own. */
function progress(job: JobRow | undefined): string {
  const rows = job?.rows ?? 0n
  return `{"Result":{"LoadedRowCnt":${rows},"loaded-row-cnt":${rows}}}`
}
