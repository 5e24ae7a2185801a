import * as v from 'valibot'
import { describeReason } from '../errors.ts'
import type { ImportSummary } from '../import-jobs/import-record.ts'

/** Version of the format. What a later one writes is not for this one to guess. */
export const FORMAT = 1
/** Longest message and source that are kept, in characters: a line stays a few KB. */
const MAX_TEXT = 500

const text = v.string()
const instant = v.pipe(
  v.string(),
  v.check((at) => !Number.isNaN(Date.parse(at)), 'is not a time'),
)
const known = v.object({
  name: text,
  run: text,
  host: text,
  serverVersion: text,
  jobId: text,
  table: text,
  source: text,
  outcome: v.pipe(text, v.nonEmpty()),
  message: text,
  rows: v.exactOptional(v.union([v.number(), text])),
  bytes: v.exactOptional(v.number()),
  threads: v.exactOptional(v.number()),
  at: instant,
  createdAt: v.exactOptional(text),
  startedAt: v.exactOptional(text),
  endedAt: v.exactOptional(text),
  durationMs: v.exactOptional(v.number()),
  phases: v.array(v.object({ phase: text, ms: v.number() })),
})

/** One summary as a line of JSON, without the end of the line. More than a summary, such as a curve, is left out. */
export function toLine(summary: ImportSummary): string {
  const { at, name, run, host, serverVersion, jobId, table, source, outcome, message } = summary
  const { rows, bytes, threads, createdAt, startedAt, endedAt, durationMs, phases } = summary
  // Version and time come first: whoever looks for the newest lines need not parse the others.
  return JSON.stringify({
    ...{ v: FORMAT, at, name, run, host, serverVersion, jobId, table, source: shortened(source), outcome },
    ...{ message: shortened(message), rows, bytes, threads, createdAt, startedAt, endedAt, durationMs, phases },
  })
}

/** The time of a line that was written by {@link toLine}; undefined if the line has to be parsed. */
export function timeOf(line: string): string | undefined {
  return /^\{"v":1,"at":"([\d:.TZ-]{24})",/.exec(line)?.[1]
}

/** A summary, or why the line is none. */
export function fromLine(line: string): ImportSummary | { readonly fault: string } {
  let parsed: unknown
  try {
    // JSON knows no NaN: what was one is null, which stands for nothing here.
    parsed = JSON.parse(line, (_, value: unknown) => value ?? undefined)
  } catch (error) {
    return { fault: `can't be read: ${describeReason(error)}` }
  }
  const version = typeof parsed === 'object' && parsed !== null && 'v' in parsed ? parsed.v : undefined
  if (version !== FORMAT) return { fault: versionFault(version) }
  const result = v.safeParse(known, parsed)
  if (result.success) return result.output
  const [issue] = result.issues
  return { fault: `can't be read: ${v.getDotPath(issue) ?? 'it'}: ${issue.message}` }
}

/** What to say of something of another version. */
export function versionFault(version: unknown): string {
  if (typeof version === 'number' && version > FORMAT) {
    return `is in format ${version}, and this vitest-tidb reads format ${FORMAT}: update vitest-tidb to count it`
  }
  return `can't be read: it is not in format ${FORMAT}`
}

function shortened(long: string): string {
  return long.length > MAX_TEXT ? `${long.slice(0, MAX_TEXT - 1)}…` : long
}
