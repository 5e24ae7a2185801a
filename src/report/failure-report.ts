import { formatDuration, formatQuantity } from '../number-format.ts'
import type {} from 'vitest'
import type { CoordinationEvent } from '../coordination/shared-state.ts'
import { harmless } from '../terminal-text.ts'
import { lanesOf } from './time-line.ts'
import { formatTimeLine } from './time-line-text.ts'
import { formatTransition } from '../transition.ts'
import type { SessionReport } from './session-report.ts'

/** What the report of a failed test shows of TiDB. */
export interface FailureReport {
  readonly sessions: readonly SessionReport[]
  /** Watched import jobs that no failed assertion mentions: each with its time line, as text. */
  readonly importJobs: readonly string[]
  /** Of clusters of the test's own: what does not simply run, and why. */
  readonly cluster: readonly string[]
  /** What happened between them, oldest first. */
  readonly events: readonly CoordinationEvent[]
  /** How many older events were forgotten. */
  readonly forgotten: number
  /** End of the server's log; undefined if the server is not ours. */
  readonly serverLog: string | undefined
}

declare module 'vitest' {
  interface TaskMeta {
    /** Of a failed test: what its sessions and import jobs did, and the end of the server's log. */
    tidb?: FailureReport
  }
}

/** The report of a failed test as text: the time line of several sessions, each session's history and last statements, import jobs, then the server's log. */
export function formatFailureReport({ sessions, importJobs, cluster, events, serverLog }: FailureReport): string {
  const parts = [...sessions.map(formatSession), ...cluster, ...importJobs]
  const lanes = lanesOf({ sessions, events })
  // One session's lane would say what its statements below say.
  if (lanes.length > 1) parts.unshift(`time line:\n${indent(formatTimeLine(lanes))}`)
  if (serverLog !== undefined && serverLog.trim() !== '')
    parts.push(`end of the server's log:\n${indent(serverLog.trimEnd())}`)
  // What a server says, or a statement holds, moves no cursor.
  return harmless(parts.join('\n'))
}

function formatSession({ name, host, database, state, history, statements }: SessionReport): string {
  const lines = [`${name} at ${host ?? 'no server'}${database ? `, database ${database}` : ''}, in ${state}`]
  for (const transition of history) lines.push(`  ${formatTransition(transition)}`)
  if (statements.length > 0) lines.push('  last statements:')
  for (const { sql, at, durationMs, rows, error } of statements) {
    const time = durationMs === undefined ? 'under way' : formatDuration(durationMs)
    const end =
      error === undefined ? (rows === undefined ? '' : ` → ${formatQuantity(rows, 'row')}`) : ` → error ${error}`
    lines.push(`    ${new Date(at).toISOString().slice(11, 23)} ${time.padStart(9)}  ${sql}${end}`)
  }
  return lines.join('\n')
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ')
}
