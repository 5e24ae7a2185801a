import { performance } from '../clock.ts'
import { fitToPrint } from '../redact.ts'
import type { ImportOutcome, ImportRecord, TimeLineEntry } from './import-record.ts'
import type { TrackedJob } from './tracked-job.ts'
import { formatDuration, formatQuantity } from '../number-format.ts'

/** What a record says beside what the server said. */
export interface RecordDetails {
  /** Which run of vitest. */
  readonly run: string
  /** Release of the server, such as `v8.5.6`. */
  readonly serverVersion: string
  readonly test?: { readonly file: string; readonly name: string } | undefined
}

const CURVE_POINTS = 500
const MESSAGE_CHARACTERS = 65_536

/** What is known of a job, as plain data that goes through JSON. */
export function recordOf(
  tracked: TrackedJob,
  name: string,
  host: string,
  { run, serverVersion, test }: RecordDetails,
): Omit<ImportRecord, 'faults' | 'pace'> {
  const { job, rows, error } = tracked
  const iso = (time: Date | undefined) => time?.toISOString()
  // Of a job that finished, the server alone knows how long it took: a watch may have begun at its end.
  const watched = job?.active === false && job.status !== 'finished' ? Math.round(tracked.ms) : undefined
  const source = job?.dataSource ?? ''
  return {
    name,
    run,
    host,
    serverVersion,
    jobId: tracked.id,
    table: job?.targetTable ?? '',
    source,
    outcome: outcomeOf(tracked),
    message: fitToPrint(error instanceof Error ? error.message : (job?.resultMessage ?? '')).slice(
      0,
      MESSAGE_CHARACTERS,
    ),
    at: new Date(performance.timeOrigin + tracked.since + tracked.ms).toISOString(),
    phases: tracked.phases(),
    curve: tracked.curve(CURVE_POINTS).map(({ ms, rows: at }) => ({ ms: Math.round(ms), rows: at })),
    timeLine: tracked.timeLine(),
    stalledMs: Math.round(tracked.longestIdleMs),
    ...(rows !== undefined && { rows: typeof rows === 'bigint' ? String(rows) : rows }),
    ...defined({ threads: tracked.threads, bytes: job?.sourceFileSize, durationMs: job?.durationMs ?? watched }),
    ...defined({ createdAt: iso(job?.createTime), startedAt: iso(job?.startTime), endedAt: iso(job?.endTime) }),
    ...(test !== undefined && { test }),
  }
}

/** A job that can't be watched is gone for whoever watches. */
function outcomeOf({ job, error }: TrackedJob): ImportOutcome {
  if (error !== undefined || job === undefined) return 'vanished'
  return job.status === '' ? 'unknown' : job.status
}

function defined<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}

/** A time line as text, a line each: when it was after the watch began, and what happened. */
export function formatJobTimeLine(entries: readonly TimeLineEntry[]): string {
  return entries
    .map(({ ms, kind, text }) => `  ${formatDuration(ms).padStart(11)}  ${kind.padEnd(11)}  ${text}`)
    .join('\n')
}

/** A job as the report of a failed test shows it: how it stood, and its time line. */
export function describeRecord({ jobId, name, host, outcome, rows, stalledMs, timeLine }: ImportRecord): string {
  const imported = rows === undefined ? '' : `, ${formatQuantity(rows, 'row')}`
  const idle = stalledMs === 0 ? '' : `; longest time without progress: ${formatDuration(stalledMs)}`
  return `import job ${jobId} (${name}) at ${host}: ${outcome}${imported}${idle}\n${formatJobTimeLine(timeLine)}`
}
