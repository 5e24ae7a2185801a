import type { ImportProgress } from '../import-jobs/import-record.ts'
import type { Colour, Paint } from './paint.ts'
import { describeEnd, markOf, titleOf } from './watched-job.ts'

const COLOURS = { '✓': 'green', '✗': 'red', '·': 'dim' } as const

/** How a job ended, as a line that stays: `✓ import job 12 orders: finished, 1,000,000 rows`. */
export function paintEnd(job: ImportProgress, paint: Paint): string {
  return `${paint(colourOf(job.status), markOf(job.status))} ${titleOf(job)}: ${describeEnd(job)}`
}

/** The colour of jobs that ended in this status. */
export function colourOf(status: string): Colour {
  return COLOURS[markOf(status)]
}
