import type { ImportRecord } from '../import-jobs/import-record.ts'
import type { ReportFacts } from './facts.ts'
import { icon, iconShapes } from './icon.ts'
import { dayAndClock, instant } from './instants.ts'
import { factList, jobSection, type JobDetail } from './job.ts'
import { markup, type Markup, type Part } from './markup.ts'
import { nightSection } from './night-section.ts'
import { page } from './page.ts'
import { formatCount, formatDuration, formatQuantity, formatSize } from '../number-format.ts'
import { sentenceOf } from './sentence.ts'
import { assertedSection, failuresSection } from './asserted.ts'
import { byUrgency, countStandings, STANDINGS, standingOf, type Standing } from './standing.ts'

// Few failures are shown unfolded.
const OPEN = 3
// Beyond that, curves are drawn in less detail, and of jobs in order only what counts is shown.
const MANY = 200
// Beyond that, messages are shortened, in characters of all jobs together.
const MESSAGES = 2_000_000

/**
 * The report as one HTML page: no script, nothing loaded from anywhere, readable in light and dark, on a phone, on
 * paper and by a screen reader. The most urgent jobs come first. Whatever a server or a test said stands in it as text;
 * control characters and overrides of the writing direction are shown by their names.
 */
export function importReportHtml(records: readonly ImportRecord[], facts: ReportFacts): string {
  const sorted = byUrgency(records)
  const ids = new Map(sorted.map((record, index) => [record, `job-${index + 1}`]))
  const idOf = (record: ImportRecord) => ids.get(record) ?? ''
  const counts = countStandings(records)
  const detail = detailOf(records, facts)
  const groups = Map.groupBy(sorted, standingOf)
  const section = (standing: Standing) => {
    const members = groups.get(standing) ?? []
    const open = standing === 'failed' && members.length <= OPEN
    const jobs = members.map((record) =>
      jobSection(record, idOf(record), { ...detail, open, brief: detail.brief && standing === 'fine' }),
    )
    const note = standing === 'fine' && detail.brief && BRIEF
    return jobs.length > 0 && groupSection(standing, jobs, note)
  }
  const { lead, rest } = sentenceOf(records, facts.tests)
  const failed = `✗ ${formatCount(counts.failed)} of ${formatQuantity(records.length, 'job')} failing`
  const body = markup`<a class="skip" href="#jobs">Skip to the jobs</a>
${iconShapes()}
<header>
<h1>${facts.title}</h1>
<p class="sentence">${lead}</p>
${rest !== '' && markup`<p class="rest">${rest}</p>`}
${tally(counts)}
${runFacts(records, facts)}
</header>
<main id="jobs" tabindex="-1">
${failuresSection(facts.tests?.asserted ?? [])}${STANDINGS.filter((standing) => standing !== 'fine').map(section)}
${nightSection(sorted, idOf)}
${section('fine')}
${assertedSection(facts.tests?.asserted ?? [])}
</main>
<footer><p>Written by vitest-tidb. The same as data, beside this file: <a href="import-jobs.json">import-jobs.json</a>. All times are in UTC. “Usual” is what earlier runs let expect.</p></footer>`
  return page(markup`${titleOf(records, facts, failed)} – ${facts.title}`, body)
}

function titleOf(records: readonly ImportRecord[], { tests }: ReportFacts, failed: string): string {
  if (countStandings(records).failed > 0) return failed
  const jobs = formatQuantity(records.length, 'job')
  return tests === undefined || tests.outcome === 'passed' ? `✓ ${jobs}` : `✗ ${jobs}, the run ${tests.outcome}`
}

function detailOf(records: readonly ImportRecord[], { servers }: ReportFacts): JobDetail {
  const characters = records.reduce((sum, { message }) => sum + message.length, 0)
  const message = characters > MESSAGES ? Math.max(1_000, Math.floor(MESSAGES / records.length)) : Infinity
  const curve = records.length > MANY ? { curve: 18, rows: 5 } : { curve: 72, rows: 12 }
  return { ...curve, message, servers: servers.length > 1, open: false, brief: records.length > MANY }
}

function runFacts(records: readonly ImportRecord[], { generatedAt, run, servers, tests }: ReportFacts): Part {
  const written = instant(generatedAt)
  const rows = records.reduce((sum, record) => sum + Number(record.rows ?? 0), 0)
  const bytes = records.reduce((sum, record) => sum + (record.bytes ?? 0), 0)
  const busy = records.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0)
  const imported = [
    `${formatQuantity(rows, 'row')}`,
    bytes > 0 && `from ${formatSize(bytes)}`,
    busy > 0 && `in ${formatDuration(busy)} of work`,
  ]
  const server = ({ host, version }: ReportFacts['servers'][number]) =>
    markup`<span class="server">${host}, TiDB ${version}</span>`
  return factList(
    [
      ['Imported', imported.filter(Boolean).join(' ')],
      ['Tests', tests && testsText(tests)],
      [servers.length === 1 ? 'Server' : 'Servers', servers.length > 0 && servers.map(server)],
      ['Run', run !== '' && markup`<code>${run}</code>`],
      ['Written', written !== undefined && `${dayAndClock(written)} UTC`],
    ],
    'run',
  )
}

function testsText({ outcome, passed, failed, skipped }: NonNullable<ReportFacts['tests']>): string {
  const counts = [
    [passed, 'passed'],
    [failed, 'failed'],
    [skipped, 'skipped'],
  ] as const
  const shown = counts.filter(([number]) => number > 0).map(([number, word]) => `${formatCount(number)} ${word}`)
  return [...shown, ...(outcome === 'interrupted' ? ['interrupted'] : [])].join(', ')
}

/** How many jobs stand where, each a link to them. */
function tally(counts: Record<Standing, number>): Part {
  const links = STANDINGS.filter((standing) => counts[standing] > 0).map((standing) => {
    const words = markup`<b>${formatCount(counts[standing])}</b> <span>${TALLIES[standing]}</span>`
    return markup`<li><a class="${standing}" href="#${standing}">${icon(standing)}${words}</a></li>`
  })
  return links.length > 0 && markup`<nav aria-label="Jobs by how they ended"><ul class="tally">${links}</ul></nav>`
}

function groupSection(standing: Standing, jobs: readonly Markup[], note: Part): Markup {
  const heading = markup`${HEADINGS[standing]} <span class="dim">${formatCount(jobs.length)}</span>`
  return markup`<section class="group" id="${standing}" aria-labelledby="h-${standing}">
<h2 id="h-${standing}">${heading}</h2>
${note}${jobs}</section>
`
}

const BRIEF = markup`<p class="dim">What happened in each of them, and its curve as numbers, are in import-jobs.json.</p>
`

const TALLIES: Readonly<Record<Standing, string>> = {
  failed: 'failing',
  unfinished: 'unfinished, allowed',
  slower: 'slower',
  unknown: 'not compared',
  fine: 'in order',
}
const HEADINGS: Readonly<Record<Standing, string>> = {
  failed: 'Fails the run',
  unfinished: 'Did not finish, without failing a test',
  slower: 'Slower than usual, within what is tolerated',
  unknown: 'Could not be compared with earlier runs',
  fine: 'In order',
}
