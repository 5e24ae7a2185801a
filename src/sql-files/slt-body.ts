import type { ExpectedLines, SltDialect } from './slt-record.ts'
import { fault, lineOf, type Spot } from './slt-source.ts'

export const DELIMITER = '----'

/** What stands below a directive, up to what is expected of it. */
export interface Body {
  readonly sql: string
  /** The line behind it. */
  readonly end: number
  /** The line of four dashes; undefined if there is none. */
  readonly delimiter: number | undefined
}

/** What is sent: lines up to an empty one, or to four dashes. @throws {SqlFileError} if there is nothing. */
export function bodyOf(spot: Spot): Body {
  const lines: string[] = []
  let end = spot.at + 1
  let delimiter: number | undefined
  for (; end < spot.to; end += 1) {
    const line = lineOf(spot, end)
    if (line.trim() === '') break
    if (line.trimEnd() === DELIMITER) {
      delimiter = end
      break
    }
    if (/^(?:statement\s+(?:ok|error|count)|query\s+(?:[A-Z?]+|error))(?:\s|$)/.test(line)) {
      throw fault({ ...spot, at: end }, 'an empty line is missing before this')
    }
    lines.push(line)
  }
  if (lines.every((line) => line.startsWith('#'))) throw fault(spot, 'nothing to be sent follows')
  return { sql: lines.join('\n'), end, delimiter }
}

/** A text below four dashes, which may have an empty line in it, but not two: DuckDB’s end with the first. */
export interface Message {
  readonly text: string
  /** The line behind it. */
  readonly end: number
}

/** @returns undefined if there are no four dashes. */
export function messageOf(spot: Spot, { delimiter }: Body, dialect: SltDialect): Message | undefined {
  if (delimiter === undefined) return undefined
  const lines: string[] = []
  let end = delimiter + 1
  const isEmpty = (at: number) => at >= spot.to || (spot.source.lines[at] ?? '').trim() === ''
  for (; end < spot.to; end += 1) {
    if (isEmpty(end) && (dialect === 'duckdb' || isEmpty(end + 1))) break
    lines.push(lineOf(spot, end))
  }
  return { text: lines.join('\n').trim(), end }
}

/** Where what is expected of a record stands, for what records it anew. */
export function expectedLines({ at }: Spot, { delimiter, end: bodyEnd }: Body, end: number): ExpectedLines {
  return { directive: at, delimiter: delimiter ?? bodyEnd, hasDelimiter: delimiter !== undefined, end }
}
