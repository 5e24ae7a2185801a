import type { ImportRecord } from '../import-jobs/import-record.ts'
import { formatDuration, formatQuantity, formatRate } from '../number-format.ts'
import { speedOf } from './speed.ts'

/** What a job did, in numbers: `41,041,723 rows in 19 min 25 s (35,236 rows/s)`; empty if nothing is known. */
export function numbersOf(record: ImportRecord): string {
  const { rows, durationMs } = record
  const rate = speedOf(record)
  const parts = [
    rows === undefined ? '' : `${formatQuantity(rows, 'row')}`,
    durationMs === undefined ? '' : `in ${formatDuration(durationMs)}`,
    rate === undefined ? '' : `(${formatRate(rate)})`,
  ]
  return parts.filter((part) => part !== '').join(' ')
}
