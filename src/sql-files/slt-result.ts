import type { TextResult } from '../connection/text-connection.ts'
import { escaped } from './slt-error-pattern.ts'
import type { QueryRecord } from './slt-record.ts'
import { byBytes, formatsOf, hashLine, hashOf, written, type Format } from './slt-value.ts'

const HASH = /^(\d+)\s+values?\s+hashing\s+to\s+([0-9a-f]{32})$/i
const PATTERN = /<!?REGEX>:/
const IGNORE = '<slt:ignore>'

/** A result as one format writes it, sorted as its record says. */
interface Written {
  readonly format: Format
  /** Rows; of `valuesort` each value is one. */
  readonly rows: readonly (readonly string[])[]
  readonly values: readonly string[]
  hash?: string
}

/** What a query returned, beside what is expected of it. */
export class SltResult {
  readonly #record: QueryRecord
  readonly #result: TextResult
  readonly #formats: readonly Format[]
  readonly #written = new Map<Format, Written>()

  constructor(record: QueryRecord, result: TextResult) {
    this.#record = record
    this.#result = result
    this.#formats = formatsOf(record.dialect)
  }

  /** Whether it has as many columns as there are types. Only sqllogictest-rs leaves that open. */
  get hasItsColumns(): boolean {
    return this.#record.dialect === 'sqllogictest-rs' || this.#record.types.length === this.#result.columns.length
  }

  get columns(): number {
    return this.#result.columns.length
  }

  /** The hash that goes by a label: what is written in the same way has the same. */
  get labelHash(): string {
    const format = this.#formats.at(-1)
    return format === undefined ? '' : this.#hashIn(format)
  }

  matches(expected: readonly string[]): boolean {
    const [first = ''] = expected
    const [, count, hash] = (expected.length === 1 && HASH.exec(first)) || []
    if (hash !== undefined) {
      const values = (this.#result.rows.length * this.columns).toString()
      return (
        count === values && this.#formats.toReversed().some((format) => this.#hashIn(format) === hash.toLowerCase())
      )
    }
    return this.#formats.some((format) => this.#matchesIn(format, expected))
  }

  /** What the file would have to have, written as it has it now. */
  lines(expected: readonly string[]): string[] {
    const { resultMode, dialect, hashThreshold, columnNames } = this.#record
    const hashed = expected.length === 1 && HASH.test(expected[0] ?? '')
    const byValue =
      resultMode === 'valuewise' || (resultMode === undefined && (dialect === 'sqlite' || this.#isByValue(expected)))
    const count = this.columns * this.#result.rows.length
    const isHashed = count > 0 && (hashed || (hashThreshold > 0 && count > hashThreshold))
    const { rows, values } = this.#in(this.#formatFor(expected, byValue || isHashed))
    if (isHashed) return [hashLine(values)]
    const separator = dialect === 'duckdb' ? '\t' : ' '
    const lines = byValue ? [...values] : rows.map((row) => row.join(separator))
    // An empty line would end the result: as a hash it can be told all the same.
    if (lines.some((line) => line.trim() === '')) return [hashLine(values)]
    return columnNames ? [this.#result.columns.join(separator), ...lines] : lines
  }

  #hashIn(format: Format): string {
    const own = this.#in(format)
    return (own.hash ??= hashOf(own.values))
  }

  #in(format: Format): Written {
    const known = this.#written.get(format)
    if (known !== undefined) return known
    const { sort, types, orderedBy } = this.#record
    let rows: string[][] = written(this.#result.rows, types, format)
    if (orderedBy !== undefined) rows = partlySorted(rows, orderedBy)
    if (sort === 'rowsort') rows.sort(byBytes)
    if (sort === 'valuesort')
      rows = rows
        .flat()
        .toSorted(byText)
        .map((value) => [value])
    const own: Written = { format, rows, values: rows.flat() }
    this.#written.set(format, own)
    return own
  }

  #matchesIn(format: Format, all: readonly string[]): boolean {
    let expected = all
    if (this.#record.columnNames) {
      const [names, ...rest] = all
      if (names === undefined || !isRow(names, this.#result.columns)) return false
      expected = rest
    }
    const { rows, values } = this.#in(format)
    const { sort, dialect, resultMode, orderedBy } = this.#record
    if (orderedBy !== undefined) {
      const words = expected.flatMap((line) => line.trim().split(/\s+/))
      return words.length === values.length && isSame(partlySorted(inRowsOf(words, this.columns), orderedBy), rows)
    }
    if (resultMode !== 'rowwise' && sameLines(expected, values)) return true
    // Only SQLite’s has no rows in lines.
    const inRows = dialect !== 'sqlite' && resultMode !== 'valuewise'
    if (inRows && areRows(expected, rows)) return true
    if (sort === 'nosort' || dialect === 'sqlite') return false
    // What is expected need not be sorted in the file.
    if (sort === 'valuesort') return sameLines(wordsOf(expected, values.length).toSorted(byText), values)
    return (
      (inRows &&
        areRows(
          sortedRows(expected),
          sortedRows(rows.map((row) => row.join(' '))).map((row) => [row]),
        )) ||
      this.#matchesInGroups(expected, rows)
    )
  }

  /** Values one a line, in rows that are not sorted. */
  #matchesInGroups(expected: readonly string[], rows: Written['rows']): boolean {
    const { columns } = this
    if (expected.length !== rows.length * columns) return false
    return isSame(inRowsOf(expected, columns).toSorted(byBytes), rows)
  }

  /** Whether what is expected now has one value a line. */
  #isByValue(expected: readonly string[]): boolean {
    const { columns } = this
    if (columns < 2 || expected.length === 0) return false
    return expected.length % columns === 0 && !expected.some((line) => /\s/.test(line))
  }

  #formatFor(expected: readonly string[], byValue: boolean): Format {
    const [first, second = first] = this.#formats
    const reals = this.#record.types === 'R' ? expected.filter((line) => line !== 'NULL') : []
    const hasThree = reals.length > 0 && reals.every((line) => /^-?\d+\.\d{3}$/.test(line))
    const chosen = byValue || hasThree ? second : first
    if (chosen === undefined) throw new RangeError('a dialect has a format')
    return chosen
  }
}

/** Rows, where those that follow each other and are the same in some columns are sorted. */
function partlySorted(rows: readonly (readonly string[])[], columns: readonly number[]): string[][] {
  const keyOf = (row: readonly string[] = []) => JSON.stringify(columns.map((column) => row[column - 1]))
  const sorted: string[][] = []
  for (let from = 0; from < rows.length;) {
    const key = keyOf(rows[from])
    let to = from + 1
    while (to < rows.length && keyOf(rows[to]) === key) to += 1
    sorted.push(
      ...rows
        .slice(from, to)
        .map((row) => [...row])
        .sort(byBytes),
    )
    from = to
  }
  return sorted
}

function inRowsOf(values: readonly string[], columns: number): string[][] {
  return Array.from({ length: values.length / columns }, (_, row) => values.slice(row * columns, (row + 1) * columns))
}

function isSame(some: readonly (readonly string[])[], others: readonly (readonly string[])[]): boolean {
  return some.length === others.length && some.every((row, at) => byBytes(row, others[at] ?? []) === 0)
}

function byText(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1
}

function sameLines(lines: readonly string[], values: readonly string[]): boolean {
  return (
    lines.length === values.length && lines.every((line, at) => line === values[at] || isMatch(line, values[at] ?? ''))
  )
}

function areRows(lines: readonly string[], rows: readonly (readonly string[])[]): boolean {
  return lines.length === rows.length && lines.every((line, at) => isRow(line, rows[at] ?? []))
}

/** Lines, with one blank where there may be several, sorted. */
function sortedRows(lines: readonly string[]): string[] {
  return lines.map((line) => line.trim().replace(/\s+/g, ' ')).toSorted(byText)
}

/** What stands in lines: values, one a line, or in words. */
function wordsOf(lines: readonly string[], count: number): string[] {
  return lines.length === count ? [...lines] : lines.flatMap((line) => line.trim().split(/\s+/))
}

/** Whether a line has the values of a row, with blanks or tabs between them, and around them. */
function isRow(line: string, row: readonly string[]): boolean {
  if (row.length === 1 ? line === row[0] : line === row.join('\t') || line === row.join(' ')) return true
  if (PATTERN.test(line)) {
    const cells = line.split('\t')
    return cells.length === row.length && cells.every((cell, at) => cell === row[at] || isMatch(cell, row[at] ?? ''))
  }
  if (line.includes(IGNORE)) return isMatch(line.trim().replace(/\s+/g, ' '), row.join(' ').trim().replace(/\s+/g, ' '))
  let at = 0
  for (const value of row) {
    while (isBlank(line[at])) at += 1
    const text = value.trim()
    if (!line.startsWith(text, at)) {
      if (!startsWithBlanks(line, at, text)) return false
    }
    at += text.length
    if (at < line.length && !isBlank(line[at])) return false
  }
  while (isBlank(line[at])) at += 1
  return at >= line.length
}

/** As `startsWith`, where a blank of a value may be a tab of the line. */
function startsWithBlanks(line: string, from: number, text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const own = line[from + at]
    if (own !== text[at] && !(text[at] === ' ' && own === '\t')) return false
  }
  return true
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}

/** What is expected as a pattern, if it is one: DuckDB’s `<REGEX>:` and `<!REGEX>:`, and `<slt:ignore>` of sqllogictest-rs. */
function isMatch(expected: string, value: string): boolean {
  if (expected.startsWith('<REGEX>:')) return new RegExp(`^(?:${expected.slice(8)})$`, 's').test(value)
  if (expected.startsWith('<!REGEX>:')) return !new RegExp(`^(?:${expected.slice(9)})$`, 's').test(value)
  if (!expected.includes(IGNORE)) return false
  return new RegExp(`^${expected.split(IGNORE).map(escaped).join('.*?')}$`, 's').test(value)
}
