import type { ImportRecord } from '../import-jobs/import-record.ts'
import { numbersOf } from './job-words.ts'
import { isolated } from '../terminal-text.ts'
import { visible } from './markup.ts'
import { standingOf, wordOf } from './standing.ts'
import { formatQuantity } from '../number-format.ts'

/**
 * The same as a workflow command. https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 *
 * @returns undefined for a job that there is nothing to say of.
 */
export function workflowCommand(record: ImportRecord): string | undefined {
  const { message, type } = annotationOf(record)
  if (type === 'notice') return undefined
  const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  const property = (text: string) => data(visible(text)).replaceAll(':', '%3A').replaceAll(',', '%2C')
  const file = record.test === undefined ? '' : `file=${property(record.test.file)},`
  return `::${type} ${file}title=${property(`import job ${record.name}`)}::${data(message)}`
}

// GitHub shows the beginning of an annotation; a report holds the rest.
const MESSAGE = 1_000

/** What there is to say of a job, and how loud. */
export interface ImportAnnotation {
  readonly message: string
  /** Those that GitHub knows. */
  readonly type: 'error' | 'warning' | 'notice'
}

/** How a job ended, in one line: before anything was asserted of it. vitest's JUnit reporter has it as a property. */
export function noteOf(record: ImportRecord): string {
  const { outcome } = record
  const numbers = numbersOf(record)
  const line = `${headOf(record)}: ${visible(outcome)}${numbers === '' ? '' : `, ${numbers}`}`
  return shorten(line)
}

/** What to say of a job at the end of a run: GitHub shows it as an error, a warning or a notice. */
export function annotationOf(record: ImportRecord): ImportAnnotation {
  const standing = standingOf(record)
  const { faults, message, pace } = record
  const head = `${headOf(record)}: ${visible(wordOf(record).toLowerCase())}`
  const numbers = numbersOf(record)
  const lines: string[] = [...faults]
  // A fault often says what the server said, or how the pace was.
  const said = (line: string) => faults.some((fault) => fault.includes(line))
  const unsaid = message.split('\n').filter((line) => line.trim() !== '' && !said(line))
  if (unsaid.length > 0) lines.push(`server said: ${unsaid.join('\n')}`)
  if (pace !== undefined && !said(pace.reason)) lines.push(pace.reason)
  return {
    message: [
      shorten(numbers === '' ? head : `${head}, ${numbers}`),
      ...lines.map((line) => shorten(visible(line))),
    ].join('\n'),
    type: standing === 'failed' ? 'error' : standing === 'fine' ? 'notice' : 'warning',
  }
}

/** Which job it is, each name in its own direction. */
function headOf({ jobId, name, table }: ImportRecord): string {
  return `import job ${visible(jobId)}, ${isolated(visible(name))}, into ${isolated(visible(table))}`
}

function shorten(line: string): string {
  return line.length > MESSAGE
    ? `${line.slice(0, MESSAGE)}… and ${formatQuantity(line.length - MESSAGE, 'more character')}`
    : line
}
