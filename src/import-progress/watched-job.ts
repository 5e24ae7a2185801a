import { meaningOf } from '../import-jobs/job-status.ts'
import type { KnownOutcome, ImportProgress } from '../import-jobs/import-record.ts'
import { formatPercent } from './completion.ts'
import { formatDuration, formatQuantity, formatRate } from '../number-format.ts'
import { clean, isolated, shorten } from '../terminal-text.ts'

/** Shorter than that, it is just the time between two polls. */
const NO_PROGRESS_FROM_MS = 60_000

/** In columns: enough to tell what is meant. The report holds all of it. */
const MOST_NAME = 100
const MOST_NOTE = 200

/** How a job that is over is marked. */
export type Mark = '✓' | '✗' | '·'

const MARKS: Readonly<Record<KnownOutcome, Mark>> = {
  finished: '✓',
  failed: '✗',
  cancelled: '✗',
  vanished: '✗',
  // Its watch is over, it is not.
  pending: '·',
  running: '·',
  'awaiting-resolution': '·',
}

/** A job's progress as it may be written to a terminal: texts without control characters, and not too long. */
export function cleanProgress(progress: ImportProgress): ImportProgress {
  const { jobId, name, table, status, phase, note } = progress
  const short = (text: string, most = MOST_NAME) => shorten(clean(text), most)
  return {
    ...progress,
    jobId: short(jobId),
    name: short(name),
    table: short(table).replaceAll('`', ''),
    status: short(status),
    phase: short(phase),
    ...(note !== undefined && { note: short(note, MOST_NOTE) }),
  }
}

/** What a job is called, in a line of its own: `import job 12 nightly orders (shop.orders)`. */
export function titleOf(job: ImportProgress): string {
  const table = tableOf(job)
  return ['import job', job.jobId, isolated(job.name), table && `(${isolated(table)})`].filter(Boolean).join(' ')
}

/** The table, if the name does not tell it. */
export function tableOf({ name, table }: ImportProgress): string {
  return name.replaceAll('`', '').includes(table) ? '' : table
}

/** What it is at: its phase while it runs, else its status. */
export function stageOf({ status, phase }: ImportProgress): string {
  return status === 'running' && phase !== '' ? phase : status
}

/** What is out of the ordinary, isolated if it is written from right to left; empty if nothing is. */
export function troubleOf({ status, idleMs, note, over }: ImportProgress): string {
  const begun = ['running', 'held'].includes(meaningOf(status))
  const idle = !over && begun && idleMs >= NO_PROGRESS_FROM_MS
  return [note && isolated(note), idle && `no progress for ${formatDuration(idleMs)}`].filter(Boolean).join(', ')
}

/** How far it is and how fast: `importing 47%, 1,234,567 rows, 12,345 rows/s, ETA 1 min 5 s`. */
export function describeProgress(job: ImportProgress): string {
  const { percent, rows, rowsPerSecond, etaMs } = job
  const trouble = troubleOf(job)
  // Pace and estimate are of the time before the trouble.
  const pace = [rowsPerSecond && formatRate(rowsPerSecond), etaMs !== undefined && `ETA ${formatDuration(etaMs)}`]
  return [
    percent === undefined ? stageOf(job) : `${stageOf(job)} ${formatPercent(percent)}`,
    rows !== undefined && formatQuantity(rows, 'row'),
    ...(trouble === '' ? pace : [trouble]),
  ]
    .filter(Boolean)
    .join(', ')
}

/** How the watch of a job ended: `finished, 1,000,000 rows`, `failed at importing 47%, 450,000 rows: …`. */
export function describeEnd(job: ImportProgress): string {
  const { status, phase, percent, rows, note } = job
  const at = [phase !== status && phase, percent !== undefined && formatPercent(percent)].filter(Boolean).join(' ')
  const where = at === '' ? '' : ` at ${at}`
  const how = status === 'finished' ? status : `${howOf(status)}${where}`
  const what = rows === undefined ? how : `${how}, ${formatQuantity(rows, 'row')}`
  return note === undefined ? what : `${what}: ${isolated(note)}`
}

function howOf(status: string): string {
  if (markOf(status) === '·') return `no longer watched, ${status}`
  return isKnown(status) ? status : `ended as ${status}`
}

/** The mark of a job whose watch ended in this status. */
export function markOf(status: string): Mark {
  return isKnown(status) ? MARKS[status] : '✗'
}

function isKnown(status: string): status is KnownOutcome {
  return Object.hasOwn(MARKS, status)
}
