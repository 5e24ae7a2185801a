import { stripVTControlCharacters } from 'node:util'

// This and WIDE are made when a text needs them: 10 to 20 ms each, and a regular expression as a literal takes them in
// every process that loads this, as V8 reads it with the module.
let segmenter: Intl.Segmenter | undefined
// Scripts whose characters take two columns.
const WIDE =
  '[\\p{sc=Han}\\p{sc=Hangul}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Bopomofo}\\p{sc=Yi}\\u{3000}-\\u{303f}\\u{fe30}-\\u{fe6f}\\u{ff01}-\\u{ff60}\\u{ffe0}-\\u{ffe6}\\p{RGI_Emoji}]'
let wide: RegExp | undefined

// Of \x1b[31mred\x07 Node 22 takes the word as well, as if it were the title of a window.
// oxlint-disable-next-line no-control-regex
const CSI = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]/g

/** A text on one line, without what would move a terminal's cursor, ring its bell or turn its writing direction. */
export function clean(text: string): string {
  const line = stripVTControlCharacters(text.replace(CSI, ''))
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\u{fffd}')
    .trim()
  return withoutCommands(line)
}

/**
 * A text that holds no passwords, fit for a terminal and for the log of a CI system: lines stay lines; without what would
 * move a cursor or turn the writing direction, and without workflow commands.
 */
export function harmless(text: string): string {
  if (!HARMFUL.test(text)) return text
  const lines = stripVTControlCharacters(text.replace(CSI, ''))
    .replace(/\r\n|[\r\v\f\u{85}\u{2028}\u{2029}]/gu, '\n')
    .replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}]/gu, '\u{fffd}')
  return withoutCommands(lines)
}

const HARMFUL = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u{2028}\u{2029}]|^[^\S\n]*::|##\[/mu

/** GitHub takes `::` for a command when it begins a line, and `##[` anywhere. */
function withoutCommands(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gm, '$1: ').replaceAll('##[', '# #[')
}

/** Letters that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u
const ISOLATE = '\u2068'
const END_OF_ISOLATE = '\u2069'

/** Whether a text has letters that may turn what stands beside it. */
export function isRightToLeft(text: string): boolean {
  return RIGHT_TO_LEFT.test(text)
}

/** A text in a line of another direction: with marks around it if it may turn what stands beside it. */
export function isolated(text: string): string {
  return isRightToLeft(text) ? `${ISOLATE}${text}${END_OF_ISOLATE}` : text
}

/** How many marks of `isolated` a text has: they take no columns, and count in its length. */
export function marksIn(text: string): number {
  return text.match(/[\u2068\u2069]/g)?.length ?? 0
}

function graphemesOf(text: string): Intl.Segments {
  return (segmenter ??= new Intl.Segmenter()).segment(text)
}

/** How many columns of a terminal a text takes. */
export function columnsOf(text: string): number {
  // Most text is plain, and segmenting is slow.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let columns = 0
  for (const { segment } of graphemesOf(text)) columns += widthOf(segment)
  return columns
}

function widthOf(segment: string): number {
  if (segment === ISOLATE || segment === END_OF_ISOLATE) return 0
  return (wide ??= new RegExp(`^${WIDE}`, 'v')).test(segment) ? 2 : 1
}

/** A text cut to so many columns of a terminal, with … where something is missing. */
export function shorten(text: string, columns: number): string {
  return shortenBy(columnsOf, text, columns)
}

/**
 * As `shorten`, and no longer than that as a string either: vitest takes a line's length for its width when it clears
 * its window, and would clear a line too many for each that is longer.
 */
export function shortenLine(text: string, columns: number): string {
  return shortenBy((part) => Math.max(columnsOf(part), part.length), text, columns)
}

function shortenBy(measure: (text: string) => number, text: string, most: number): string {
  if (measure(text) <= most) return text
  if (most < 1) return ''
  let kept = ''
  // What is cut within an isolate is closed again.
  let open = ''
  let used = 1 + (text.includes(ISOLATE) ? measure(END_OF_ISOLATE) : 0)
  for (const { segment } of graphemesOf(text)) {
    used += measure(segment)
    if (used > most) break
    kept += segment
    if (segment === ISOLATE) open = END_OF_ISOLATE
    else if (segment === END_OF_ISOLATE) open = ''
  }
  return `${kept.trimEnd()}…${open}`
}
