import { formatDuration, formatMoment, formatQuantity } from '../number-format.ts'
import { clean, columnsOf, shorten } from '../terminal-text.ts'
import { extentOf, foremostLanes, type Lane, type Mark } from './time-line.ts'

const NARROWEST = 26
const GAP = '  '

/** What a lane has to say at one moment. */
interface Cell {
  readonly at: number
  readonly lane: number
  readonly text: string
  /** What stays when the text is shortened. */
  readonly suffix?: string
  /** 1 when a wait begins, -1 when it ends. */
  readonly step?: 1 | -1
}

interface Row {
  readonly time: string
  readonly cells: string[]
}

/**
 * The lanes as a table for a terminal: time flows down, a column per lane. Empty if there are no marks.
 *
 * @param options.width how many columns of the terminal it may take.
 * @param options.rows how many moments it shows: the last ones.
 */
export function formatTimeLine(lanes: readonly Lane[], { width = 100, rows: most = 60 } = {}): string {
  const extent = extentOf(lanes)
  if (extent === undefined) return ''
  const timeWidth = formatMoment(extent.to - extent.from).length
  const room = width - timeWidth
  const shown = foremostLanes(lanes, Math.max(1, Math.floor(room / (GAP.length + NARROWEST))))
  const column = Math.max(1, Math.floor(room / shown.length) - GAP.length)

  const rows = rowsOf(shown, extent.from, column)
  const header = [
    { time: '', cells: shown.map(({ name }) => shorten(clean(name), column)) },
    { time: '', cells: shown.map(({ note }) => shorten(clean(note), column)) },
    { time: '─'.repeat(timeWidth), cells: shown.map(() => '─'.repeat(column)) },
  ]
  const lines = [...header, ...rows.slice(Math.max(0, rows.length - most))].map(({ time, cells }) =>
    [time.padStart(timeWidth), ...cells.map((cell) => cell + ' '.repeat(column - columnsOf(cell)))].join(GAP),
  )
  const earlier = rows.length - most
  if (earlier > 0) lines.splice(header.length, 0, `${formatQuantity(earlier, 'earlier moment')}, not shown`)
  const left = lanes.filter((lane) => !shown.includes(lane)).map(({ name }) => clean(name))
  if (left.length > 0) {
    lines.push(`and ${formatQuantity(left.length, 'more session')}, not shown: ${left.join(', ')}`)
  }
  return lines.map((line) => shorten(line.trimEnd(), width)).join('\n')
}

/** A row for each moment: lanes share one if their times read alike. */
function rowsOf(lanes: readonly Lane[], from: number, column: number): Row[] {
  const cells = lanes.flatMap(({ marks }, lane) => marks.flatMap((mark) => cellsOf(mark, lane)))
  const depths = lanes.map(() => 0)
  const rows: Row[] = []
  let taken = new Set<number>()
  for (const { at, lane, text, suffix = '', step } of cells.toSorted((a, b) => a.at - b.at)) {
    const time = formatMoment(at - from)
    let row = rows.at(-1)
    if (row?.time !== time || taken.has(lane)) {
      row = { time, cells: depths.map((depth) => (depth > 0 ? '│' : '')) }
      rows.push(row)
      taken = new Set()
    }
    const depth = depths[lane] ?? 0
    const prefix = step === undefined && depth > 0 ? '│ ' : ''
    row.cells[lane] = prefix + shorten(clean(text), column - prefix.length - suffix.length) + suffix
    depths[lane] = depth + (step ?? 0)
    taken.add(lane)
  }
  if (depths.some((depth) => depth > 0)) {
    rows.push({ time: '', cells: depths.map((depth) => (depth > 0 ? shorten('│ still waiting', column) : '')) })
  }
  return rows
}

function cellsOf({ at, until, label, end, detail, tone }: Mark, lane: number): Cell[] {
  const took = until === undefined ? undefined : formatDuration(until - at)
  const more = detail === undefined ? '' : `: ${detail}`
  if (tone === 'wait' || (tone === 'failure' && took !== undefined)) {
    const begin: Cell = { at, lane, text: `┌ ${label}`, step: 1 }
    if (until === undefined) return [begin]
    const sign = tone === 'failure' ? '└ ✗' : '└'
    return [begin, { at: until, lane, text: `${sign} ${end ?? 'ended'} after ${took}${more}`, step: -1 }]
  }
  if (tone === 'failure') return [{ at, lane, text: `✗ ${label}${more}` }]
  if (tone === 'event') return [{ at, lane, text: `• ${label}${more}`, suffix: took === undefined ? '' : ` ${took}` }]
  return [{ at, lane, text: tone === 'state' ? `✓ ${label}` : label, suffix: ` ${took ?? 'under way'}` }]
}

/** All about a mark, a line each; its time counts from `from`, in ms since 1970. */
export function explain(mark: Mark, from: number): string[] {
  const { at, until, label, end, detail } = mark
  const took = until !== undefined ? `, took ${formatDuration(until - at)}` : isMoment(mark) ? '' : ', still under way'
  const more = [end === label ? undefined : end, detail].filter((part) => part !== undefined).join(': ')
  return [label, more, `at ${formatMoment(at - from)}${took}`].filter((line) => line !== '').map(clean)
}

/** Whether a mark has no length. */
export function isMoment({ until, tone }: Mark): boolean {
  return until === undefined && (tone === 'event' || tone === 'failure')
}
