import * as v from 'valibot'
import type { ImportProgress } from '../import-jobs/import-record.ts'

const MAX_TEXT = 1000
const text = v.pipe(v.string(), v.maxLength(MAX_TEXT))
const number = v.optional(v.pipe(v.number(), v.finite(), v.minValue(0)))

const schema = v.object({
  jobId: text,
  name: text,
  table: text,
  status: text,
  phase: text,
  rows: number,
  percent: number,
  rowsPerSecond: number,
  etaMs: number,
  idleMs: v.pipe(v.number(), v.finite(), v.minValue(0)),
  over: v.boolean(),
  note: v.optional(text),
})

/** A job's progress as one line of JSON, its end of line included. Texts are cut to what the other side takes. */
export function toMessage(progress: ImportProgress): string {
  const cut = (_key: string, value: unknown) => (typeof value === 'string' ? value.slice(0, MAX_TEXT) : value)
  return `${JSON.stringify(progress, cut)}\n`
}

/** What a line of JSON says; undefined if it is not the progress of a job. */
export function fromMessage(line: string): ImportProgress | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  const { success, output } = v.safeParse(schema, value)
  if (!success) return undefined
  const { jobId, name, table, status, phase, rows, percent, rowsPerSecond, etaMs, idleMs, over, note } = output
  const known = { jobId, name, table, status, phase, rows, percent, rowsPerSecond, etaMs, idleMs, over }
  return note === undefined ? known : { ...known, note }
}
