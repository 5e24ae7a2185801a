import type { WrittenJob, WrittenScript, WrittenStep } from './schema.ts'
import type { Change, Columns, Instant, JobScript, Moment, ScriptedJob, ScriptedStep } from './script.ts'
import type { Amount } from './values.ts'
import { formatDuration } from '../number-format.ts'

/** Something that is wrong in a script, and where: keys and indexes from its top. */
export interface Fault {
  readonly path: readonly (string | number)[]
  readonly message: string
}

const NOW: Instant = { agoMs: 0 }
const EVERY_MS = 100
/** More moments than that in one step are a slip, such as `over: 30d` meant as `stall`. */
const MOST_MOMENTS = 100_000
const STATUS_STEPS = ['start', 'pending', 'finish', 'fail', 'cancel'] as const

/** What a script that is well written means: each step as what it changes, and when. Adds to `faults` what it can't mean. */
export function compileScript(written: WrittenScript, where: string, faults: Fault[]): JobScript {
  const names = new Set<string>()
  const jobs = written.jobs.map((job, index) => {
    const fault = (path: Fault['path'], message: string) => faults.push({ path: ['jobs', index, ...path], message })
    const table = job.table ?? job.name
    if (table === undefined) fault([], 'a job needs `table`, or a `name` that is also its table')
    const name = job.name ?? table ?? ''
    if (names.has(name)) fault(['name'], `there is another job "${name}"; give each its own \`name\``)
    names.add(name)
    if (job.id !== undefined && (job.repeat ?? 1) > 1) fault(['id'], "several jobs can't share a number: leave it out")
    const steps = new JobCompiler(job, fault).steps()
    const lastsMs = steps.at(-1)?.moments.at(-1)?.atMs ?? 0
    if (job.age !== undefined && job.age < lastsMs)
      fault(['age'], `is shorter than its steps take, ${formatDuration(lastsMs)}`)
    return {
      name,
      database: job.database,
      id: job.id,
      user: job.user,
      atMs: job.at ?? 0,
      ageMs: job.age,
      repeat: job.repeat ?? 1,
      columns: firstColumns(job, table ?? ''),
      steps,
    } satisfies ScriptedJob
  })
  return { where, jobs }
}

function firstColumns(
  { source = 's3://bucket/data.csv', format = 'csv', size = 0n, threads, set }: WrittenJob,
  table: string,
) {
  const options = threads === undefined ? {} : { options: { thread: String(threads) } }
  return {
    create_time: NOW,
    start_time: null,
    update_time: null,
    end_time: null,
    table_name: table,
    table_id: 1,
    parameters: JSON.stringify({ 'file-location': source, format, ...options }),
    source_file_size: size,
    status: 'pending',
    step: '',
    summary: null,
    error_message: null,
    ...set,
  } satisfies Columns
}

/** Goes through the steps of one job, with the time and the rows that it has reached. */
class JobCompiler {
  readonly #job: WrittenJob
  readonly #fault: (path: Fault['path'], message: string) => void
  #atMs = 0
  #rows = 0n

  constructor(job: WrittenJob, fault: (path: Fault['path'], message: string) => void) {
    this.#job = job
    this.#fault = fault
  }

  steps(): ScriptedStep[] {
    return (this.#job.steps ?? []).map((step, index) => this.#step(step, ['steps', index]))
  }

  #step(step: WrittenStep, path: Fault['path']): ScriptedStep {
    this.#goOn(step, path)
    const statuses = STATUS_STEPS.filter((name) => step[name] !== undefined)
    if (statuses.length > 1) this.#fault(path, `does ${statuses.join(' and ')} at once: make them separate steps`)
    const done = Object.keys(step).filter((key) => key !== 'after' && key !== 'at')
    const text = done.length === 0 ? 'a pause' : done.join(' and ')
    // A job that begins again has imported nothing yet.
    const again = step.start !== undefined && this.#rows > 0n
    if (again) this.#rows = 0n
    const advance = this.#advance(step.advance, path)
    const columns = { ...this.#status(step, path), ...step.set }
    const change: Change = {
      ...(again && { rows: 0n }),
      ...(Object.keys(columns).length > 0 && { job: columns }),
      ...(step['set-task'] !== undefined && { task: step['set-task'] }),
      ...(step['set-subtask'] !== undefined && { subtask: step['set-subtask'] }),
      ...(step['lose-task'] !== undefined && { hasTask: false }),
      ...(step['find-task'] !== undefined && { hasTask: true }),
      ...(step.vanish !== undefined && { exists: false }),
      ...(step.reappear !== undefined && { exists: true }),
    }
    // What else the step does comes with the last of its rows.
    const last = advance.pop() ?? { atMs: this.#atMs, change: {} }
    const moments: Moment[] = [...advance, { atMs: last.atMs, change: { ...change, ...last.change } }]
    this.#atMs = last.atMs
    if (step.stall !== undefined) {
      this.#atMs += step.stall
      // Nothing happens then, but the script lasts until it is over.
      moments.push({ atMs: this.#atMs, change: {} })
    }
    return { text, moments }
  }

  #goOn({ at, after }: WrittenStep, path: Fault['path']): void {
    if (at !== undefined && after !== undefined) this.#fault([...path, 'at'], 'has `after` as well: give one of them')
    if (at !== undefined && at < this.#atMs) {
      this.#fault(
        [...path, 'at'],
        `is ${formatDuration(at)} since the job was created, but the previous step ends at ${formatDuration(this.#atMs)}`,
      )
    }
    this.#atMs = at ?? this.#atMs + (after ?? 0)
  }

  // As pkg/executor/importer/job.go of TiDB sets them; but a job that begins again has nothing of its end.
  #status(step: WrittenStep, path: Fault['path']): Columns {
    if (step.start !== undefined) {
      return { ...UNENDED, status: 'running', step: step.start ?? step.phase ?? 'importing', start_time: NOW }
    }
    if (step.pending !== undefined) return { ...UNENDED, status: 'pending', step: step.phase ?? '', start_time: null }
    if (step.finish !== undefined) {
      const { rows, conflicts = 0n } = step.finish
      this.#rows = rows === undefined ? (this.#job.rows ?? this.#rows) : this.#come(rows, [...path, 'finish'])
      const summary = `{"imported-rows":${this.#rows},"row-count":${this.#rows},"conflicted-rows":${conflicts}}`
      return { status: 'finished', step: step.phase ?? '', end_time: NOW, summary }
    }
    const phase = step.phase === undefined ? {} : { step: step.phase }
    if (step.fail !== undefined) {
      return { ...phase, status: 'failed', end_time: NOW, error_message: step.fail.message ?? '' }
    }
    // The server notes no end of a job that was cancelled.
    if (step.cancel === undefined) return phase
    return { ...phase, status: 'cancelled', error_message: step.cancel.message ?? 'cancelled by user' }
  }

  #advance(advance: WrittenStep['advance'], path: Fault['path']): Moment[] {
    if (advance === undefined) return []
    const from = this.#rows
    const to = this.#come(advance.to, [...path, 'advance'])
    const { over = 0, every = EVERY_MS } = advance
    const moments = Math.max(1, Math.ceil(over / every))
    if (moments > MOST_MOMENTS) {
      this.#fault([...path, 'advance'], `goes in ${moments} moments; allowed: ${MOST_MOMENTS}. Give a longer \`every\``)
      return []
    }
    return Array.from({ length: moments }, (_, index) => {
      const share = BigInt(index + 1)
      return {
        atMs: this.#atMs + Math.min(over, (index + 1) * every),
        change: { rows: from + ((to - from) * share) / BigInt(moments) },
      }
    })
  }

  /** The rows that the job ends with. */
  #come({ rows, percent, more }: Amount, path: Fault['path']): bigint {
    const { rows: all } = this.#job
    if (percent !== undefined && all === undefined) {
      this.#fault(path, `is a share, which needs \`rows\` in its job: how many there are in all`)
    }
    // Whole thousandths of a percent, so that counts beyond 2^53 keep their digits.
    const part = rows ?? ((all ?? 0n) * BigInt(Math.round((percent ?? 0) * 1_000))) / 100_000n
    this.#rows = more ? this.#rows + part : part
    return this.#rows
  }
}

const UNENDED = { end_time: null, summary: null, error_message: null }
