import type { TimeLineEntry } from '../import-jobs/import-record.ts'
import { clock } from './instants.ts'
import { markup, type Part } from './markup.ts'
import { formatCount } from '../number-format.ts'

// A connection that comes and goes all night would fill the page.
const MOST = 60

/** What happened to a job, one line each, in UTC; the middle is left out if that is too much. */
export function timeLineList(entries: readonly TimeLineEntry[]): Part {
  if (entries.length === 0) return undefined
  const left = entries.length - MOST
  const half = MOST / 2
  const gap = markup`<li class="dim"><span>${formatCount(left)} more, not shown</span></li>`
  const lines = left > 0 ? [entries.slice(0, half).map(line), gap, entries.slice(-half).map(line)] : [entries.map(line)]
  return markup`<section><h4>What happened, in UTC</h4><ol class="story">${lines}</ol></section>`
}

function line({ at, kind, text }: TimeLineEntry): Part {
  const trouble = kind === 'stalled' || kind === 'unreachable' || kind === 'no task'
  const time = Number.isFinite(at) && Math.abs(at) < 8.64e15 && markup`<time>${clock(at)}</time> `
  return markup`<li${trouble && markup` class="trouble"`}>${time}<span><bdi>${text}</bdi></span></li>`
}
