import type { ImportRecord } from '../import-jobs/import-record.ts'
import { paceChart, paceText } from './charts/pace-chart.ts'
import { phaseBar } from './charts/phase-bar.ts'
import { throughputChart } from './charts/throughput-chart.ts'
import { icon } from './icon.ts'
import { clock, dayAndClock, instant, spanOf, type Span } from './instants.ts'
import { longText } from './long-text.ts'
import { markup, type Markup, type Part } from './markup.ts'
import { formatCount, formatDuration, formatQuantity, formatRate, formatShare, formatSize } from '../number-format.ts'
import { speedOf } from './speed.ts'
import { standingOf, wordOf } from './standing.ts'
import { throughputOf } from './throughput.ts'
import { timeLineList } from './time-line-list.ts'

/** How much of each job a page shows. */
export interface JobDetail {
  /** Stretches of its throughput curve. */
  readonly curve: number
  /** Rows of the table beside it. */
  readonly rows: number
  /** Characters of the server's message. */
  readonly message: number
  /** Whether there is more than one server, so that each job has to say which. */
  readonly servers: boolean
  readonly open: boolean
  /** Whether it is one of very many in order: its numbers and its curve are enough. */
  readonly brief: boolean
}

/** All that is known of one job, folded under a line that says the most of it. A link to `id` unfolds it. */
export function jobSection(record: ImportRecord, id: string, detail: JobDetail): Markup {
  const standing = standingOf(record)
  const rate = speedOf(record)
  const { rows, durationMs } = record
  const numbers = [
    rows !== undefined && markup`<span>${formatQuantity(rows, 'row')}</span>`,
    durationMs !== undefined && markup`<span>${formatDuration(durationMs)}</span>`,
    rate !== undefined && markup`<span>${formatRate(rate)}</span>`,
    changeOf(record),
  ]
  const top = [faultsPart(record), messagePart(record, detail.message), factsPart(record, detail)]
  const left = [throughputPart(record, detail), phasesPart(record, detail.brief)]
  const right = [pacePart(record, detail.brief), !detail.brief && timeLineList(record.timeLine)]
  return markup`<details class="job ${standing}"${detail.open && markup` open`}>
<summary>${icon(standing)}<span class="word">${wordOf(record)}</span><h3><bdi>${record.name}</bdi></h3><span class="numbers">${numbers}</span></summary>
<div class="body" id="${id}">${top}<div>${left}</div><div>${right}</div></div>
</details>
`
}

/** `34% slower`; nothing if it keeps its pace or was not compared. */
function changeOf({ pace }: ImportRecord): Part {
  if (pace?.slowdown === undefined || (pace.verdict !== 'slower' && pace.verdict !== 'faster')) return undefined
  return markup`<span class="${pace.verdict}">${formatShare(Math.abs(pace.slowdown))} ${pace.verdict}</span>`
}

function faultsPart({ faults }: ImportRecord): Part {
  if (faults.length === 0) return undefined
  const list = faults.map((fault) => markup`<li>${longText(fault)}</li>`)
  return markup`<section class="faults"><h4>Why it fails the run</h4><ul>${list}</ul></section>`
}

function messagePart({ message }: ImportRecord, most: number): Part {
  if (message === '') return undefined
  const left = message.length - most
  const note =
    left > 0 &&
    markup`<p class="dim">${formatQuantity(left, 'more character')} ${left === 1 ? 'is' : 'are'} in import-jobs.json.</p>`
  const text = markup`<pre dir="auto" tabindex="0" role="group" aria-label="Message of the server">${message.slice(0, most)}</pre>`
  return markup`<section class="message"><h4>What the server said</h4>${text}${note}</section>`
}

function factsPart(record: ImportRecord, { servers, brief }: JobDetail): Markup {
  const { table, source, rows, bytes, threads, durationMs, stalledMs, jobId, host, serverVersion, test } = record
  const rate = speedOf(record)
  const span = spanOf(record)
  const waited = span === undefined ? 0 : span.started - span.created
  const facts: [string, Part][] = [
    // Those of the line above, unless it is one of very many.
    ['Rows', !brief && (rows === undefined ? 'not known' : formatCount(rows))],
    ['Size', bytes === undefined ? 'not known' : formatSize(bytes)],
    ['Took', !brief && (durationMs === undefined ? 'not known' : formatDuration(durationMs))],
    ['Speed', !brief && (rate === undefined ? 'not known' : formatRate(rate))],
    ['Ran, in UTC', span && ranFrom(span, instant(record.at) ?? span.ended)],
    ['Waited to start', waited > 0 && formatDuration(waited)],
    ['Longest stall', stalledMs > 0 && formatDuration(stalledMs)],
    ['Threads on each node', !brief && threads !== undefined && formatCount(threads)],
    ['Job', jobId],
    ['Server', servers && `${host}, TiDB ${serverVersion}`],
  ]
  const texts: [string, Part][] = [
    ['Table', table !== '' && markup`<code dir="auto">${table}</code>`],
    ['Source', source !== '' && markup`<code dir="auto">${source}</code>`],
    ['Watched by', test && markup`<bdi>${test.name}</bdi><br><code>${test.file}</code>`],
  ]
  return markup`<section class="facts"><h4>In numbers</h4>${factList(facts, 'facts')}${factList(texts, 'facts texts')}</section>`
}

function ranFrom({ started, ended, over }: Span, watched: number): string {
  const end = over ? clock(ended) : `still running at ${clock(ended)}`
  const year = new Date(started).getUTCFullYear()
  const isOneYear = year === new Date(ended).getUTCFullYear() && year === new Date(watched).getUTCFullYear()
  return isOneYear
    ? `${dayAndClock(started).replace(/ \d{4}/, '')} – ${end}`
    : `${dayAndClock(started)} – ${dayAndClock(ended)}`
}

/** Names and values, those left out that have none. */
export function factList(facts: readonly (readonly [string, Part])[], className: string): Part {
  const shown = facts.filter(([, value]) => value !== undefined && value !== false)
  const pairs = shown.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)
  return pairs.length > 0 && markup`<dl class="${className}">${pairs}</dl>`
}

function throughputPart(record: ImportRecord, detail: JobDetail): Markup {
  const chart = throughputChart(record, detail.curve)
  if (chart === undefined) {
    return markup`<section><h4>Throughput</h4><p class="dim">No progress was seen while it was watched.</p></section>`
  }
  if (detail.brief) return markup`<section><h4>Throughput</h4>${chart}</section>`
  const stretches = throughputOf(record.curve, detail.rows)
  const begin = stretches[0]?.from ?? 0
  const lines = stretches.map(({ to, rows, rowsPerSecond }) => {
    const numbers = markup`<td>${formatCount(rows)}</td><td>${formatCount(rowsPerSecond)}</td>`
    return markup`<tr><th scope="row">${formatDuration(to - begin)}</th>${numbers}</tr>`
  })
  const head = ['After', 'Rows', 'Rows a second'].map((name) => markup`<th scope="col">${name}</th>`)
  const table = markup`<table><thead><tr>${head}</tr></thead><tbody>${lines}</tbody></table>`
  return markup`<section><h4>Throughput</h4>${chart}<details class="table"><summary>As a table</summary>${table}</details></section>`
}

function pacePart({ pace }: ImportRecord, brief: boolean): Part {
  if (pace === undefined) return undefined
  const chart = brief ? undefined : paceChart(pace)
  return markup`<section><h4>Compared with its history</h4><p>${longText(pace.reason)}</p>${chart}${chart && paceWords(pace)}</section>`
}

function paceWords({ value = 0, median = 0, spread, metric, runs, confidence, verdict }: Pace): Markup {
  const earlier = runs === 1 ? 'one earlier run' : `${formatCount(runs)} earlier runs`
  const around = spread === undefined ? '' : `, give or take ${paceText(spread, metric)}`
  // Of what kept its pace, a confidence in a change says nothing.
  const changed = verdict === 'slower' || verdict === 'faster'
  const sure = confidence === undefined || !changed ? '' : ` Confidence ${formatShare(Math.min(confidence, 0.999))}.`
  return markup`<p class="dim">${paceText(value, metric)} in this run, ${paceText(median, metric)} to be expected after ${earlier}${around}.${sure}</p>`
}

function phasesPart({ phases }: ImportRecord, brief: boolean): Part {
  const bar = phaseBar(phases, brief)
  return bar && markup`<section><h4>Phases</h4>${bar}</section>`
}

type Pace = NonNullable<ImportRecord['pace']>
