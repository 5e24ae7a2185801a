import type { ImportRecord } from '../import-jobs/import-record.ts'
import { paceChart, paceText } from './charts/pace-chart.ts'
import { phaseBar } from './charts/phase-bar.ts'
import { throughputChart } from './charts/throughput-chart.ts'
import { icon } from './icon.ts'
import { clock, dayAndClock, spanOf, type Span } from './instants.ts'
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
  const top = [faultsPart(record), messagePart(record, detail.message), factsPart(record, detail.servers)]
  const left = [throughputPart(record, detail), phasesPart(record)]
  const right = [pacePart(record), timeLineList(record.timeLine)]
  return markup`<details class="job ${standing}"${detail.open && markup` open`}>
<summary>${icon(standing)}<span class="word">${wordOf(record)}</span><h3>${record.name}</h3><span class="numbers">${numbers}</span></summary>
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
  const list = faults.map((fault) => markup`<li>${fault}</li>`)
  return markup`<section class="faults"><h4>Why it fails the run</h4><ul>${list}</ul></section>`
}

function messagePart({ message }: ImportRecord, most: number): Part {
  if (message === '') return undefined
  const left = message.length - most
  const note =
    left > 0 &&
    markup`<p class="dim">${formatQuantity(left, 'more character')} ${left === 1 ? 'is' : 'are'} in import-jobs.json.</p>`
  const text = markup`<pre tabindex="0" role="group" aria-label="Message of the server">${message.slice(0, most)}</pre>`
  return markup`<section class="message"><h4>What the server said</h4>${text}${note}</section>`
}

function factsPart(record: ImportRecord, servers: boolean): Markup {
  const { table, source, rows, bytes, durationMs, stalledMs, jobId, host, serverVersion, test } = record
  const rate = speedOf(record)
  const span = spanOf(record)
  const waited = span === undefined ? 0 : span.started - span.created
  const facts: [string, Part][] = [
    ['Rows', rows === undefined ? 'not known' : formatCount(rows)],
    ['Size', bytes === undefined ? 'not known' : formatSize(bytes)],
    ['Took', durationMs === undefined ? 'not known' : formatDuration(durationMs)],
    ['Speed', rate === undefined ? 'not known' : formatRate(rate)],
    ['Ran, in UTC', span && ranFrom(span)],
    ['Waited to start', waited > 0 && formatDuration(waited)],
    ['Longest stall', stalledMs > 0 && formatDuration(stalledMs)],
    ['Job', jobId],
    ['Server', servers && `${host}, TiDB ${serverVersion}`],
  ]
  const texts: [string, Part][] = [
    ['Table', table !== '' && markup`<code>${table}</code>`],
    ['Source', source !== '' && markup`<code>${source}</code>`],
    ['Watched by', test && markup`${test.name}<br><code>${test.file}</code>`],
  ]
  return markup`<section class="facts"><h4>In numbers</h4>${factList(facts, 'facts')}${factList(texts, 'facts texts')}</section>`
}

function ranFrom({ started, ended, over }: Span): string {
  const end = over ? clock(ended) : `still running at ${clock(ended)}`
  return `${dayAndClock(started).replace(/ \d{4}/, '')} – ${end}`
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

function pacePart({ pace }: ImportRecord): Part {
  if (pace === undefined) return undefined
  const chart = paceChart(pace)
  return markup`<section><h4>Compared with its history</h4><p>${pace.reason}</p>${chart}${chart && paceWords(pace)}</section>`
}

function paceWords({ value = 0, median = 0, spread, metric, runs, confidence, verdict }: Pace): Markup {
  const earlier = runs === 1 ? 'one earlier run' : `${formatCount(runs)} earlier runs`
  const around = spread === undefined ? '' : `, give or take ${paceText(spread, metric)}`
  // Of what kept its pace, a confidence in a change says nothing.
  const changed = verdict === 'slower' || verdict === 'faster'
  const sure = confidence === undefined || !changed ? '' : ` Confidence ${formatShare(Math.min(confidence, 0.999))}.`
  return markup`<p class="dim">${paceText(value, metric)} in this run, ${paceText(median, metric)} in the median of ${earlier}${around}.${sure}</p>`
}

function phasesPart({ phases }: ImportRecord): Part {
  const bar = phaseBar(phases)
  return bar && markup`<section><h4>Phases</h4>${bar}</section>`
}

type Pace = NonNullable<ImportRecord['pace']>
