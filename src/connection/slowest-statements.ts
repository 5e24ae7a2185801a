import type { TracedStatement } from './statement-trace.ts'
import { formatDuration, formatQuantity } from '../number-format.ts'

const SLOWEST = 10

/** A statement fit to print, as a worker hands it to the main process. */
export type ShownStatement = TracedStatement

declare module 'vitest' {
  interface TaskMeta {
    /** The slowest statements since the test before in the same worker, with TIDB_SHOW_SQL. */
    statements?: ShownStatement[]
  }
}

/** The ten that took longest, the longest first. */
export function slowestOf<S extends ShownStatement>(statements: readonly S[]): S[] {
  return statements.toSorted((one, other) => other.durationMs - one.durationMs).slice(0, SLOWEST)
}

/** `alice@127.0.0.1:4000  1.2 ms  2 rows  select …` */
export function formatStatement({
  session = 'vitest-tidb',
  host,
  durationMs,
  rows,
  error,
  sql,
}: ShownStatement): string {
  const end = error === undefined ? formatQuantity(rows ?? 0, 'row') : `error ${error}`
  return `${session}@${host}  ${formatDuration(durationMs)}  ${end}  ${sql}`
}
