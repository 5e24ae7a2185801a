import type { ImportRecord } from '../import-jobs/import-record.ts'
import { count, length, speed, speedOf } from './numbers.ts'

/** What a job did, in numbers: `41,041,723 rows in 19 min 25 s (35,236 rows/s)`; empty where nothing is known. */
export function numbersOf(record: ImportRecord): string {
  const { rows, durationMs } = record
  const rate = speedOf(record)
  const parts = [
    rows === undefined ? '' : `${count(rows)} rows`,
    durationMs === undefined ? '' : `in ${length(durationMs)}`,
    rate === undefined ? '' : `(${speed(rate)})`,
  ]
  return parts.filter((part) => part !== '').join(' ')
}
