import { clean, shorten } from '../terminal-text.ts'
import { axisOf, CUT, LEFT, type Axis } from './time-axis.ts'
import { foremostLanes, type Lane, type Mark } from './time-line.ts'
import { explain, isMoment } from './time-line-text.ts'
import { formatQuantity } from '../number-format.ts'

const LANES = 50
const MARKS = 1500
const TRACKS = 6
const SENTENCES = 20
// Lengths in px.
const WIDTH = 1000
const TOP = 36
const TRACK = 19
const SHORTEST = 2
const SIGN = 5
const CHARACTER = 6.7

/** The lanes as a drawing that loads nothing, for a file or an HTML page: time flows to the right, a lane per session. */
export function timeLineSvg(lanes: readonly Lane[]): string {
  const chosen = foremostLanes(lanes, LANES)
  const shown = chosen.map((lane) => ({ ...lane, marks: foremostMarks(lane.marks, Math.floor(MARKS / chosen.length)) }))
  const axis = axisOf(shown.flatMap(({ marks }) => marks))
  let bottom = TOP
  const drawn = shown.flatMap(({ name, note, marks }, index) => {
    const y = bottom
    const { tracks, shapes } = drawMarks(marks, axis, y + 4)
    bottom += Math.max(2, tracks) * TRACK + 8
    const missing = (chosen[index]?.marks.length ?? 0) - marks.length
    const sign = marks.some(({ tone }) => tone === 'failure') ? '✗ ' : ''
    return [
      `<line class="grid" x1="0" y1="${y}" x2="${WIDTH}" y2="${y}"/>`,
      label(8, y + 4, LEFT - 18, sign + name, 'name'),
      label(8, y + 4 + TRACK, LEFT - 18, missing > 0 ? `${formatQuantity(missing, 'mark')} not shown` : note, 'dim'),
      ...shapes,
    ]
  })
  const left = lanes.length - shown.length
  if (left > 0)
    drawn.push(label(LEFT, bottom + 4, 400, `and ${formatQuantity(left, 'more session')}, not shown`, 'dim'))
  const height = bottom + 2 * TRACK + 10
  const story = shown.flatMap(({ name, marks }) =>
    marks.filter(isTelling).map((mark) => `${name}: ${explain(mark, axis.from).join(', ')}.`),
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" class="tidb-time-line" role="img" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">
<title>Time line of ${formatQuantity(lanes.length, 'session')}</title>
<desc>${xml(story.slice(0, SENTENCES).join('\n'))}</desc>
${STYLE}<rect class="ground" width="${WIDTH}" height="${height}"/>
${[...drawAxis(axis, bottom), ...drawn, ...drawLegend(bottom + TRACK + 4)].join('\n')}
</svg>
`
}

function isTelling({ tone }: Mark): boolean {
  return tone === 'failure' || tone === 'wait'
}

/** Failures and waits before others, and what came last before what came first. */
function foremostMarks(marks: readonly Mark[], most: number): Mark[] {
  const ranked = marks.toSorted((a, b) => Number(isTelling(b)) - Number(isTelling(a)) || b.at - a.at)
  const chosen = new Set(ranked.slice(0, most))
  return marks.filter((mark) => chosen.has(mark))
}

function drawAxis({ ticks, cuts }: Axis, bottom: number): string[] {
  return [
    ...cuts.map(({ x }) => `<rect class="cut" x="${px(x)}" y="${TOP}" width="${CUT}" height="${bottom - TOP}"/>`),
    ...cuts.map(({ x, text }) => `<text class="dim" x="${px(x + CUT / 2)}" y="11" text-anchor="middle">${text}</text>`),
    ...ticks.flatMap(({ x, text }) => [
      `<line class="grid" x1="${px(x)}" y1="${TOP - 4}" x2="${px(x)}" y2="${bottom}"/>`,
      `<text class="dim" x="${px(x)}" y="${TOP - 10}" text-anchor="middle">${text}</text>`,
    ]),
  ]
}

/** Marks that overlap in time stand below each other, in up to so many tracks. */
function drawMarks(marks: readonly Mark[], axis: Axis, top: number): { tracks: number; shapes: string[] } {
  const taken: number[] = []
  const placed = marks.map((mark) => {
    const x = axis.places.get(mark.at) ?? LEFT
    const until = (mark.until === undefined ? undefined : axis.places.get(mark.until)) ?? axis.end
    const barEnd = isMoment(mark) ? x : Math.max(x + SHORTEST, until)
    const begin = isMoment(mark) ? x - SIGN : x
    const end = isMoment(mark) ? x + SIGN : mark.tone === 'failure' ? barEnd + 2 + 2 * SIGN : barEnd
    const free = taken.findIndex((lastEnd) => lastEnd < begin)
    const track = free >= 0 ? free : Math.min(taken.length, TRACKS - 1)
    const before = taken[track] ?? LEFT
    taken[track] = Math.max(before, end)
    return { mark, x, barEnd, begin, end, track, before }
  })
  const free = taken.map(() => WIDTH)
  const shapes = placed.toReversed().map(({ mark, x, barEnd, begin, end, track, before }) => {
    const y = top + track * TRACK
    const text = headline(mark)
    const next = free[track] ?? WIDTH
    const inside = { at: x + 3, room: Math.min(barEnd, next) - x - 6, className: mark.tone === 'wait' ? 'over' : '' }
    const spots = [inside, { at: end + 3, room: next - end - 6, className: '' }]
    if (mark.tone === 'failure') {
      // What it failed with matters most, and is often at the right edge.
      const room = Math.min((text.length + 1) * CHARACTER, begin - before - 6)
      spots.push({ at: begin - 3 - room, room, className: '' })
    }
    const widest = spots.reduce((best, spot) => (spot.room > best.room ? spot : best))
    const { at, room, className } = spots.find((spot) => shorten(text, columns(spot.room)) === text) ?? widest
    free[track] = Math.min(next, begin, at)
    const shape = isMoment(mark) ? '' : bar(x, y, barEnd - x, mark.tone, mark.until === undefined)
    const sign = mark.tone === 'failure' ? cross(end - SIGN, y) : isMoment(mark) ? diamond(x, y) : ''
    const words = before > begin || columns(room) < 3 ? '' : label(at, y, room, text, className)
    return `<g><title>${xml(explain(mark, axis.from).join('\n'))}</title>${shape}${sign}${words}</g>`
  })
  return { tracks: taken.length, shapes: shapes.toReversed() }
}

/** What a mark says of itself if there is little room: of a failure, first how it failed. */
function headline({ label: what, end, detail, tone }: Mark): string {
  const parts = tone === 'failure' ? [end, end === what ? detail : what] : [what]
  return clean(parts.filter((part) => part !== undefined).join(': '))
}

function drawLegend(y: number): string[] {
  return TONES.flatMap((tone, index) => {
    const x = LEFT + index * 110
    const sign = tone === 'failure' ? cross(x + 24, y) : ''
    return [tone === 'event' ? diamond(x + 11, y) : bar(x, y, 16, tone), sign, label(x + 32, y, 78, tone, 'dim')]
  })
}

function bar(x: number, y: number, width: number, tone: Mark['tone'], underWay = false): string {
  const place = `x="${px(x)}" y="${y}" width="${px(width)}" height="${TRACK - 3}" rx="2"`
  const hatching = tone === 'wait' ? `<rect class="hatched" ${place}/>` : ''
  return `<rect class="${tone}${underWay ? ' open' : ''}" ${place}/>${hatching}`
}

function cross(x: number, y: number): string {
  return `<path class="cross" d="M${px(x - 4)} ${y + 4}l8 8m0 -8l-8 8"/>`
}

function diamond(x: number, y: number): string {
  return `<path class="event" d="M${px(x)} ${y + 3}l5 5l-5 5l-5 -5z"/>`
}

/** A text that can't leave its place: shortened, and clipped if the font is wider than thought. */
function label(x: number, y: number, width: number, content: string, className: string): string {
  const text = xml(shorten(clean(content), columns(width)))
  return `<svg x="${px(x)}" y="${y}" width="${px(width)}" height="${TRACK}"><text class="${className}" y="12">${text}</text></svg>`
}

function columns(width: number): number {
  return Math.floor(width / CHARACTER)
}

function px(length: number): string {
  return String(Number(length.toFixed(1)))
}

/** Text as XML: escaped, and without the characters that XML can't hold. Its lines stay. */
function xml(text: string): string {
  return text
    .replace(/.+/g, clean)
    .replace(/[\ufffe\uffff]/g, '\u{fffd}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

const TONES = ['state', 'statement', 'wait', 'failure', 'event'] as const
// Behind its class, for in an HTML page a drawing's style holds for the whole page.
const STYLE = `<style>
.tidb-time-line{--ink:#1f2328;--dim:#59636e;--grid:#d8dee4;--ground:#fff;--red:#c4212b;--state:#ddf0ff;--state-edge:#5a9bd5;
--statement:#d9f2dd;--statement-edge:#4c9f5d;--wait:#fff4cf;--wait-edge:#b08a24;--failure:#ffd9d6;--event:#8250df}
@media (prefers-color-scheme:dark){.tidb-time-line{--ink:#e6edf3;--dim:#9aa4ae;--grid:#30363d;--ground:#0d1117;--red:#ff7b72;
--state:#12304f;--state-edge:#3f7fc0;--statement:#16391f;--statement-edge:#3a8a4c;--wait:#3d3110;--wait-edge:#c39a2e;
--failure:#5c1a1c;--event:#b392f0}}
.tidb-time-line text{font:11px ui-monospace,Menlo,Consolas,monospace;fill:var(--ink)}
.tidb-time-line .name{font-weight:bold}.tidb-time-line .dim{fill:var(--dim)}
.tidb-time-line .over{paint-order:stroke;stroke:var(--wait);stroke-width:3px}
.tidb-time-line .ground{fill:var(--ground)}.tidb-time-line .grid{stroke:var(--grid)}
.tidb-time-line .cut{fill:var(--grid);opacity:.6}.tidb-time-line .open{stroke-dasharray:4 3}
.tidb-time-line .state{fill:var(--state);stroke:var(--state-edge)}
.tidb-time-line .statement{fill:var(--statement);stroke:var(--statement-edge)}
.tidb-time-line .wait{fill:var(--wait);stroke:var(--wait-edge)}.tidb-time-line .event{fill:var(--event)}
.tidb-time-line .failure{fill:var(--failure);stroke:var(--red);stroke-width:2}
.tidb-time-line .cross{fill:none;stroke:var(--red);stroke-width:2.5}
.tidb-time-line .hatching{stroke:var(--wait-edge);stroke-width:1.5;opacity:.6}
.tidb-time-line .hatched{fill:url(#tidb-time-line-hatching)}
</style>
<defs><pattern id="tidb-time-line-hatching" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<line class="hatching" y2="6"/></pattern></defs>`
