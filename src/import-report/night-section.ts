import type { ImportRecord } from '../import-jobs/import-record.ts'
import { jobRows } from './charts/job-rows.ts'
import { nightGrid, nightOf } from './charts/night.ts'
import { runningChart } from './charts/running-chart.ts'
import { dayAndClock } from './instants.ts'
import { markup, type Part } from './markup.ts'
import { formatCount, formatQuantity } from '../number-format.ts'
import { standingOf } from './standing.ts'

// Beyond that, a bar a job is no picture any more.
const ROWS = 48

/** All jobs on one axis of time: how many ran at once, and a bar for each, or for the most urgent of very many. */
export function nightSection(byUrgency: readonly ImportRecord[], idOf: (record: ImportRecord) => string): Part {
  const night = nightOf(byUrgency)
  if (night === undefined) return undefined
  const all = night.jobs.length
  const urgent = byUrgency.filter((record) => standingOf(record) !== 'fine').slice(0, ROWS)
  const chosen = new Set(all > ROWS ? urgent : byUrgency)
  const shown = night.jobs.filter(({ record }) => chosen.has(record))
  const untimed = byUrgency.length - all - night.far
  const note =
    shown.length < all &&
    `A bar each for ${shown.length === 0 ? 'none' : `the ${formatCount(shown.length)} most urgent`} of ${formatCount(all)} jobs; the chart counts all of them.`
  return markup`<section class="night" aria-labelledby="h-night">
<h2 id="h-night">Time line <span class="dim">in UTC</span></h2>
<p class="dim">From ${dayAndClock(night.from)} to ${dayAndClock(night.to)}. Thin: waiting to start. ✗: fails the run. ${note}${untimed > 0 && ` The times of ${formatQuantity(untimed, 'job')} are not known.`}${night.far > 0 && ` ${formatQuantity(night.far, 'job')} with other dates ${night.far === 1 ? 'is' : 'are'} not on it.`}</p>
${nightGrid(night)}${all > 1 && runningChart(night)}${shown.length > 0 && jobRows(night, shown, ({ record }) => idOf(record))}</section>
`
}
