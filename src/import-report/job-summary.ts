import { appendFile } from 'node:fs/promises'
import type { ImportRecord } from '../import-jobs/import-record.ts'
import type { ReportFacts } from './facts.ts'
import { isolated } from '../terminal-text.ts'
import { visible } from './markup.ts'
import { formatCount, formatDuration, formatQuantity, formatRate } from '../number-format.ts'
import { speedOf } from './speed.ts'
import { sentenceOf } from './sentence.ts'
import { byUrgency, standingOf, wordOf, type Standing } from './standing.ts'

// GitHub takes 1 MiB a step, and vitest's own summary stands in the same file.
const MOST = 768 * 1_024
// Of one message, in characters.
const MESSAGE = 4_000
/** Failed tests that are named. */
const FAILURES = 20
const ICONS: Readonly<Record<Standing, string>> = {
  failed: '❌',
  unfinished: '➖',
  slower: '🐢',
  unknown: '❔',
  fine: '✅',
}

/**
 * The report for GitHub's job summary: what happened in words, a table of the jobs that need attention, what the server
 * said of each, and a folded table of the rest. Below GitHub's limit of 1 MiB: what is left out is counted.
 */
export function importJobSummaryMarkdown(records: readonly ImportRecord[], facts: ReportFacts): string {
  const { lead, rest } = sentenceOf(records, facts.tests)
  const sorted = byUrgency(records)
  const urgent = sorted.filter((record) => standingOf(record) !== 'fine')
  const fine = sorted.filter((record) => standingOf(record) === 'fine')
  const page = new Page(`## ${escape(facts.title)}\n\n**${escape(lead)}** ${escape(rest)}\n`)
  const failures = facts.tests?.asserted?.filter(({ result }) => result === 'failed') ?? []
  const named = failures.filter((_, at) => at < FAILURES)
  page.lines(named.map(({ name, message = '' }) => `- ❌ ${isolated(escape(name))}: ${escape(cut(message))}\n`))
  const shown = page.table(urgent)
  const messages = page.each(
    urgent.filter(({ faults, message }) => faults.length > 0 || message !== ''),
    details,
  )
  const listed = page.table(
    fine,
    `<details><summary>${formatQuantity(fine.length, 'job')} without problems</summary>\n`,
    '\n</details>\n',
  )
  const left = [leftOut(sorted.length - shown - listed, 'job'), leftOut(messages.left, 'message')].filter(
    (part) => part !== undefined,
  )
  if (left.length > 0)
    page.close(`_Left out, because GitHub shows at most 1 MiB: ${left.join(', ')}. The report has all of them._\n`)
  return page.text
}

/**
 * Appends it to the job summary of the step, if this runs in GitHub Actions.
 *
 * @returns whether there is such a summary.
 */
export async function appendGitHubSummary(markdown: string, env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const path = env.GITHUB_STEP_SUMMARY
  if (path === undefined || path === '') return false
  await appendFile(path, `${markdown}\n`)
  return true
}

/** A text that stays below its limit: what does not fit any more is not taken. */
class Page {
  #text: string
  #bytes: number

  constructor(text: string) {
    this.#text = text
    this.#bytes = Buffer.byteLength(text)
  }

  get text(): string {
    return this.#text
  }

  /** As many lines as fit. */
  lines(lines: readonly string[]): void {
    if (lines.length > 0) this.#add(`\n${lines.join('')}`, 0)
  }

  /** A table of as many as fit; how many those are. */
  table(records: readonly ImportRecord[], before = '', after = ''): number {
    if (records.length === 0 || !this.#add(`${before}\n${HEADER}`, Buffer.byteLength(after))) return 0
    const { left } = this.each(records, row, Buffer.byteLength(after))
    this.close(after)
    return records.length - left
  }

  /** As many as fit; how many do not. */
  each(records: readonly ImportRecord[], write: (record: ImportRecord) => string, spare = 0): { left: number } {
    if (records.length > 0 && write !== row) this.#add('\n', spare)
    const taken = records.findIndex((record) => !this.#add(write(record), spare))
    return { left: taken < 0 ? 0 : records.length - taken }
  }

  /** What stands there whether it fits or not: it is short. */
  close(text: string): void {
    this.#text += text
    this.#bytes += Buffer.byteLength(text)
  }

  #add(text: string, spare: number): boolean {
    if (this.#bytes + Buffer.byteLength(text) + spare > MOST) return false
    this.close(text)
    return true
  }
}

const HEADER = `|  | Job | Into | Rows | Took | Speed | Against its history |
| :-- | :-- | :-- | --: | --: | --: | :-- |
`

function row(record: ImportRecord): string {
  const { name, table, rows, durationMs, pace } = record
  const rate = speedOf(record)
  const cells = [
    `${ICONS[standingOf(record)]} ${escape(wordOf(record))}`,
    isolated(escape(name)),
    `<code>${escape(table)}</code>`,
    rows === undefined ? '' : formatCount(rows),
    durationMs === undefined ? '' : formatDuration(durationMs),
    rate === undefined ? '' : formatRate(rate),
    pace === undefined ? '' : escape(pace.reason),
  ]
  return `| ${cells.join(' | ')} |\n`
}

function details(record: ImportRecord): string {
  const { name, faults, message, jobId } = record
  const parts = [`**${ICONS[standingOf(record)]} ${isolated(escape(name))}**, job ${escape(jobId)}\n`]
  if (faults.length > 0) parts.push(`${faults.map((fault) => `- ${escape(cut(fault))}`).join('\n')}\n`)
  if (message !== '') parts.push(fence(cut(message)))
  return `${parts.join('\n')}\n`
}

function cut(text: string): string {
  return text.length > MESSAGE
    ? `${text.slice(0, MESSAGE)}… and ${formatQuantity(text.length - MESSAGE, 'more character')}`
    : text
}

/** A block of code that no run of backticks inside can end. */
function fence(text: string): string {
  const runs = [...text.matchAll(/`+/g)].map(([run]) => run.length)
  const marks = '`'.repeat(Math.max(3, ...runs.map((run) => run + 1)))
  return `${marks}text\n${visible(text)}\n${marks}\n`
}

/** Text as it is, on one line: every character that could mean something to Markdown or HTML as an entity. */
function escape(text: string): string {
  return visible(text)
    .replace(/\s+/g, ' ')
    .replace(/[^\p{L}\p{N}\p{M} ,;'/%\u{80}-\u{10ffff}]/gu, (mark) => `&#${mark.codePointAt(0)};`)
}

function leftOut(number: number, one: string): string | undefined {
  return number > 0 ? formatQuantity(number, one) : undefined
}
