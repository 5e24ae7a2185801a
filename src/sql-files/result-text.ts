import { toLetters, type TextResult, type TextRow } from '../connection/text-result.ts'

export { toLetters } from '../connection/text-result.ts'

/** What the commands before a statement ask of how its result is written. */
export interface Writing {
  readonly sorted: boolean
  /** Texts for columns, by number from 1. */
  readonly columns: ReadonlyMap<number, string>
  readonly regexes: readonly Replacement[]
  /** Texts in place of others. */
  readonly texts: readonly (readonly [string, string])[]
  readonly vertical: boolean
  readonly lowercase: boolean
}

export interface Replacement {
  readonly pattern: RegExp
  readonly replace: (...match: (string | undefined)[]) => string
}

/** Writes rows as mysql-tester does: tabs between columns, names first, NULL for NULL. Each character is a byte. */
export function writeResult({ columns, rows }: TextResult, writing: Writing): string {
  if (columns.length === 0) return ''
  const sorted = writing.sorted ? rows.toSorted(byBytes) : rows
  const plain = writing.columns.size === 0 && writing.regexes.length === 0 && writing.texts.length === 0
  const shown = plain ? sorted : sorted.map((row) => row.map((value, at) => rewrite(value, at + 1, writing)))
  const text = writing.vertical ? vertical(columns, shown) : horizontal(columns, shown)
  return writing.lowercase ? text.toLowerCase() : text
}

function horizontal(columns: readonly string[], rows: readonly TextRow[]): string {
  let text = `${columns.join('\t')}\n`
  for (const row of rows) {
    for (let at = 0; at < row.length; at += 1) text += (at === 0 ? '' : '\t') + (row[at] ?? 'NULL')
    text += '\n'
  }
  return text
}

function vertical(columns: readonly string[], rows: readonly TextRow[]): string {
  return rows.flatMap((row) => columns.map((name, at) => `${name}\t${row[at] ?? 'NULL'}\n`)).join('')
}

function byBytes(one: TextRow, other: TextRow): number {
  for (let at = 0; at < one.length; at += 1) {
    const [left, right] = [one[at], other[at]]
    if (left === right) continue
    // NULL before the empty text.
    if (left === null || left === undefined) return -1
    if (right === null || right === undefined) return 1
    return left < right ? -1 : 1
  }
  return 0
}

function rewrite(value: string | null, column: number, { columns, regexes, texts }: Writing): string | null {
  let text = columns.get(column) ?? value
  for (const [from, to] of texts) text = text === null ? null : text.replaceAll(from, to)
  return regexes.length === 0 ? text : replaceIn(text, regexes)
}

/** Replaces in one value. What is left empty by that is NULL, as it is where mysql-tester writes it. */
function replaceIn(value: string | null, regexes: readonly Replacement[]): string | null {
  return replaceAll(value ?? '', regexes) || null
}

/** Replaces in a text whose characters are bytes, by patterns whose characters are letters. */
export function replaceAll(text: string, regexes: readonly Replacement[]): string {
  if (regexes.length === 0) return text
  let letters = toLetters(text)
  for (const { pattern, replace } of regexes) letters = letters.replace(pattern, replace)
  return toBytes(letters)
}

/** A text as bytes, one a character. */
export function toBytes(letters: string): string {
  return Buffer.from(letters).toString('latin1')
}
