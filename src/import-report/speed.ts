import type { ImportRecord } from '../import-jobs/import-record.ts'

/** Rows a second from start to end; undefined if rows or duration are not known. */
export function speedOf({ rows, durationMs }: ImportRecord): number | undefined {
  return rows === undefined || durationMs === undefined || durationMs <= 0
    ? undefined
    : Number(rows) / (durationMs / 1_000)
}
