import * as v from 'valibot'
import * as values from './values.ts'
import { isMap, keys } from './values.ts'

// What a job script may hold. docs/job-scripts.md is checked against these keys.

const status = values.text(64)
const phase = values.text(64)
const time = v.optional(values.timeOrNull)
const rawText = v.optional(values.rawText)

/** Raw columns of mysql.tidb_import_jobs. */
export const jobColumns = keys('`set`', {
  create_time: v.optional(values.time),
  start_time: time,
  update_time: time,
  end_time: time,
  table_schema: v.optional(values.text(64)),
  table_name: v.optional(values.text(64)),
  table_id: v.optional(values.rawInteger),
  created_by: v.optional(values.text(300)),
  parameters: v.optional(values.longText),
  source_file_size: v.optional(values.rawInteger),
  status: v.optional(status),
  step: v.optional(phase),
  summary: rawText,
  error_message: rawText,
})

/** Raw columns of mysql.tidb_global_task. */
export const taskColumns = keys('`set-task`', {
  type: v.optional(values.text(256)),
  state: v.optional(values.text(64)),
  step: v.optional(values.rawInteger),
  meta: rawText,
  error: rawText,
})

/** Raw columns of mysql.tidb_background_subtask. */
export const subtaskColumns = keys('`set-subtask`', {
  state: v.optional(values.text(64)),
  step: v.optional(values.rawInteger),
  meta: rawText,
  summary: rawText,
})

/** A value in short, or a map of all there is to say; nothing is the same as an empty map. */
function short<const Entries extends v.ObjectEntries, Value extends v.GenericSchema>(
  thing: string,
  entries: Entries,
  key: keyof Entries & string,
  value: Value,
) {
  const whole = keys(thing, entries)
  const alone = v.pipe(
    value,
    v.transform((given) => ({ [key]: given }) as v.InferOutput<typeof whole>),
  )
  return v.lazy((input) => (isMap(input) ? whole : alone))
}

/** Nothing, for the steps that can do with their name alone: as an empty map. */
function orNothing<Schema extends v.GenericSchema>(schema: Schema) {
  return v.pipe(
    v.nullable(schema),
    v.transform((given) => given ?? NOTHING),
  )
}

const NOTHING: { readonly [key: string]: undefined } = {}

const message = values.longText

/** What a step may say. */
export const stepKeys = {
  after: v.optional(values.duration),
  at: v.optional(values.duration),
  start: v.optional(v.nullable(phase)),
  pending: v.optional(values.flag),
  phase: v.optional(phase),
  advance: v.optional(
    short(
      '`advance`',
      { to: values.amount, over: v.optional(values.duration), every: v.optional(values.interval) },
      'to',
      values.amount,
    ),
  ),
  stall: v.optional(values.duration),
  finish: v.optional(
    orNothing(
      short(
        '`finish`',
        { rows: v.optional(values.amount), conflicts: v.optional(values.count) },
        'rows',
        values.amount,
      ),
    ),
  ),
  fail: v.optional(orNothing(short('`fail`', { message: v.optional(message) }, 'message', message))),
  cancel: v.optional(orNothing(short('`cancel`', { message: v.optional(message) }, 'message', message))),
  set: v.optional(jobColumns),
  'set-task': v.optional(taskColumns),
  'set-subtask': v.optional(subtaskColumns),
  'lose-task': v.optional(values.flag),
  'find-task': v.optional(values.flag),
  vanish: v.optional(values.flag),
  reappear: v.optional(values.flag),
}

/** Steps that can do with their name alone: `- finish`. */
const BARE = ['start', 'pending', 'finish', 'fail', 'cancel', 'lose-task', 'find-task', 'vanish', 'reappear']

const step = v.pipe(
  v.unknown(),
  v.transform((input) => (typeof input === 'string' && BARE.includes(input) ? { [input]: null } : input)),
  keys('a step', stepKeys),
)

/** What a job may say. */
export const jobKeys = {
  about: v.optional(v.unknown()),
  name: v.optional(values.text(64, 1)),
  database: v.optional(values.text(64, 1)),
  table: v.optional(values.text(64, 1)),
  source: v.optional(values.text(10_000)),
  format: v.optional(values.text(64)),
  size: v.optional(values.size),
  rows: v.optional(values.count),
  threads: v.optional(values.count),
  user: v.optional(values.text(300)),
  id: v.optional(values.jobId),
  at: v.optional(values.duration),
  age: v.optional(values.duration),
  repeat: v.optional(values.repeat),
  set: v.optional(jobColumns),
  steps: v.optional(v.array(step, ({ input }) => `is ${values.shown(input)}; allowed: a list of steps`)),
}

/** A job script as it is written. */
export const scriptSchema = keys('a job script', {
  about: v.optional(v.unknown()),
  jobs: v.pipe(
    v.array(keys('a job', jobKeys), ({ input }) => `is ${values.shown(input)}; allowed: a list of jobs`),
    v.minLength(1, 'is empty; allowed: a list of at least one job'),
  ),
})

export type WrittenScript = v.InferOutput<typeof scriptSchema>
export type WrittenJob = WrittenScript['jobs'][number]
export type WrittenStep = NonNullable<WrittenJob['steps']>[number]
