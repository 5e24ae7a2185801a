import type { ImportRecord } from '../import-jobs/import-record.ts'
import { numbersOf } from './job-words.ts'
import { visible } from './markup.ts'
import { standingOf, wordOf } from './standing.ts'

// GitHub shows the beginning of an annotation; a report holds the rest.
const MESSAGE = 1_000

/** What vitest's `annotate(message, type)` takes. */
export interface ImportAnnotation {
  readonly message: string
  /** Those types that GitHub knows; JUnit has any type as the name of a property. */
  readonly type: 'error' | 'warning' | 'notice'
}

/**
 * What to note at the test that watched a job. vitest's github-actions reporter prints it as `::error`, `::warning` or
 * `::notice` at the line of the spec, its JUnit reporter as a property of the test case.
 */
export function annotationOf(record: ImportRecord): ImportAnnotation {
  const standing = standingOf(record)
  const { name, jobId, table, faults, message, pace } = record
  const head = `import job ${jobId}, ${name}, into ${table}: ${wordOf(record).toLowerCase()}`
  const numbers = numbersOf(record)
  const lines = [numbers === '' ? head : `${head}, ${numbers}`, ...faults]
  // A fault often says what the server said, or how the pace was.
  const said = (line: string) => faults.some((fault) => fault.includes(line))
  const unsaid = message.split('\n').filter((line) => line.trim() !== '' && !said(line))
  if (unsaid.length > 0) lines.push(`server said: ${unsaid.join('\n')}`)
  if (pace !== undefined && !said(pace.reason)) lines.push(pace.reason)
  return {
    message: lines.map((line) => shorten(visible(line))).join('\n'),
    type: standing === 'failed' ? 'error' : standing === 'fine' ? 'notice' : 'warning',
  }
}

function shorten(line: string): string {
  return line.length > MESSAGE ? `${line.slice(0, MESSAGE)}… and ${line.length - MESSAGE} characters more` : line
}
