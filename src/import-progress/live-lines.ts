import type { ImportProgress } from '../import-jobs/import-record.ts'
import { formatBar, formatPercent } from './completion.ts'
import { formatCount, formatDuration, formatQuantity, formatRate } from '../number-format.ts'
import { JobCounts } from './job-counts.ts'
import { plain, type Colour, type Paint } from './paint.ts'
import { columnsOf, isolated, marksIn, shorten, shortenLine } from '../terminal-text.ts'
import { stageOf, tableOf, troubleOf } from './watched-job.ts'

const GAP = '  '
const MOST_NAME = 32
const LEAST_NAME = 8
/** From that many columns on, bars are long. */
const WIDE_TERMINAL = 100

interface Cell {
  readonly text: string
  readonly paint: (text: string, paint: Paint) => string
}

/** A column of the table. The higher `rank`, the earlier it goes when the terminal is narrow; without one, it stays. */
interface Column {
  readonly rank?: number
  readonly align?: 'right'
  cell(job: ImportProgress): Cell
}

const cell = (text: string, colour?: Colour): Cell => ({
  text,
  paint: (padded, paint) => (colour === undefined ? padded : paint(colour, padded)),
})

/**
 * The jobs as a table, a line each, coloured: those that run before those that wait.
 *
 * @param columns how wide a line may be.
 * @param most how many lines there may be: if there are more jobs, the last line counts those that are not shown.
 */
export function liveLines(jobs: readonly ImportProgress[], columns: number, most: number, paint: Paint): string[] {
  const running = jobs.filter(({ status }) => status === 'running')
  const waiting = jobs.filter(({ status }) => status !== 'running')
  if (jobs.length <= most) return tableOfJobs([...running, ...waiting], columns, paint)
  // Those that wait have nothing to say but that.
  const shown = (running.length > 0 ? running : waiting).slice(0, Math.max(1, most - 1))
  // The headline above counts all of them.
  if (most === 1) return tableOfJobs(shown, columns, paint)
  const counts = JobCounts.of([...running, ...waiting].slice(shown.length).map(({ status }) => status))
  const more = shortenLine(`   … and ${formatCount(counts.total)} more: ${counts.describe()}`, columns)
  return [...tableOfJobs(shown, columns, paint), paint('dim', more)]
}

function tableOfJobs(jobs: readonly ImportProgress[], columns: number, paint: Paint): string[] {
  const room = columns - columnsOf(' ❯ ')
  let shown = measured(jobs, columnsOfTable(columns >= WIDE_TERMINAL ? 16 : 10))
  while (widthOf(shown) > room) {
    const [first] = shown.filter(({ rank }) => rank !== undefined).toSorted((a, b) => (b.rank ?? 0) - (a.rank ?? 0))
    if (first === undefined) break
    shown = shown.filter((column) => column !== first)
  }
  const [name] = shown
  const over = widthOf(shown) - room
  if (name !== undefined && over > 0) name.width = Math.max(Math.min(name.width, LEAST_NAME), name.width - over)
  return jobs.map((job, at) => {
    const lineOf = (using: Paint) =>
      ` ${markOf(job, using)} ${shown.map(({ align, width, cells }) => padded(cells[at], width, align, using)).join(GAP)}`
    const text = lineOf(plain).trimEnd()
    const fitting = shortenLine(text, columns)
    return fitting === text ? lineOf(paint).trimEnd() : fitting
  })
}

/** The columns in which any job has something, with their cells. */
function measured(jobs: readonly ImportProgress[], table: readonly Column[]) {
  return table
    .map((column) => {
      const cells = jobs.map((job) => column.cell(job))
      const width = Math.max(0, ...cells.map(({ text }) => columnsOf(text)))
      return { ...column, cells, width, marks: Math.max(0, ...cells.map(({ text }) => marksIn(text))) }
    })
    .filter(({ width }) => width > 0)
}

function widthOf(shown: readonly { readonly width: number; readonly marks: number }[]): number {
  return shown.reduce((sum, { width, marks }) => sum + width + marks + GAP.length, -GAP.length)
}

function padded(cell: Cell | undefined, width: number, align: 'right' | undefined, paint: Paint): string {
  if (cell === undefined) return ' '.repeat(width)
  const text = shorten(cell.text, width)
  const space = ' '.repeat(width - columnsOf(text))
  return align === 'right' ? space + cell.paint(text, paint) : cell.paint(text, paint) + space
}

function columnsOfTable(barColumns: number): Column[] {
  return [
    { cell: ({ name }) => cell(isolated(shorten(name, MOST_NAME))) },
    { rank: 4, cell: (job) => cell(isolated(shorten(tableOf(job), MOST_NAME)), 'dim') },
    { cell: (job) => cell(stageOf(job), job.status === 'running' ? 'cyan' : 'dim') },
    { rank: 2, cell: ({ percent }) => (percent === undefined ? cell('') : bar(percent, barColumns)) },
    // As wide as it may become, so that nothing moves.
    { cell: ({ percent }) => cell(percent === undefined ? '' : formatPercent(percent).padStart('100%'.length)) },
    { rank: 3, align: 'right', cell: ({ rows }) => cell(rows === undefined ? '' : formatQuantity(rows, 'row'), 'dim') },
    { cell: (job) => paceOf(job) },
  ]
}

function bar(percent: number, columns: number): Cell {
  const { done, left } = formatBar(percent, columns)
  return { text: done + left, paint: (_text, paint) => paint('green', done) + paint('dim', left) }
}

/** Rate and estimate, or what is the trouble: they are of the time before it. */
function paceOf(job: ImportProgress): Cell {
  const trouble = troubleOf(job)
  if (trouble !== '') return cell(trouble, 'yellow')
  const { rowsPerSecond, etaMs } = job
  const rate = rowsPerSecond === undefined ? '' : formatRate(rowsPerSecond).padStart('999,999 rows/s'.length)
  return cell([rate, etaMs !== undefined && `ETA ${formatDuration(etaMs)}`].filter(Boolean).join(GAP))
}

function markOf(job: ImportProgress, paint: Paint): string {
  if (troubleOf(job) !== '') return paint('yellow', '!')
  return job.status === 'running' ? paint('yellow', '❯') : paint('dim', '·')
}
