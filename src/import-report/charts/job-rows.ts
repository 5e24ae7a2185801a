import { isolatedTitle } from '../isolated-title.ts'
import { markup, type Markup } from '../markup.ts'
import { clock } from '../instants.ts'
import { formatDuration } from '../../number-format.ts'
import { standingOf, wordOf } from '../standing.ts'
import { icon } from '../icon.ts'
import { drawing, percent } from './axis.ts'
import { nightAxis, type Night, type PlacedJob } from './night.ts'

// Height in px.
const ROW = 26

/** A bar a job on the axis of time, each with its times in words and a link to its part of the report. */
export function jobRows(night: Night, jobs: readonly PlacedJob[], idOf: (job: PlacedJob) => string): Markup {
  return markup`<ol class="rows">${jobs.map((job) => row(night, job, idOf(job)))}</ol><svg class="chart axis" aria-hidden="true" height="20">${nightAxis(night, 14)}</svg>`
}

function row({ x }: Night, { record, span }: PlacedJob, id: string): Markup {
  const standing = standingOf(record)
  const { created, started, ended, over } = span
  const times = `${shortClock(started)}–${over ? shortClock(ended) : '…'}`
  const width = (from: number, to: number) => percent(Math.max(0, x(to) - x(from)))
  const waited =
    started > created &&
    markup`<rect class="waited" x="${percent(x(created))}" width="${width(created, started)}" y="${ROW / 2 - 2}" height="4"/>`
  const bar = markup`<rect class="bar ${standing}${over ? '' : ' open'}" x="${percent(x(started))}" width="${width(started, ended)}" y="6" height="${ROW - 12}" rx="2"/>`
  // So that a job that fails the run is seen however short it was, and without its colour.
  const sign =
    standing === 'failed' &&
    markup`<svg class="sign" x="${percent(x(ended))}" y="${ROW / 2}"><path d="M-4 -4L4 4M4 -4L-4 4"/></svg>`
  const title = markup`${wordOf(record)}: ${isolatedTitle(record.name)}, ${times} UTC`
  return markup`<li class="${standing}"><a href="#${id}">${icon(standing)}<span class="what"><bdi>${record.name}</bdi></span></a><span class="when">${times} <span class="dim took">${formatDuration(ended - started)}</span></span>${drawing({ className: 'row', height: ROW, title }, [markup`<use href="#night"/>`, waited, bar, sign])}</li>`
}

function shortClock(ms: number): string {
  return clock(ms).slice(0, 5)
}
