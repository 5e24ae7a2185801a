import { printable } from '../argument.ts'
import { ConfigError } from '../errors.ts'
import { DefaultValue, type DataValue } from './column.ts'
import { digitsOf } from './digits.ts'
import { charactersOf, escaper } from './escapes.ts'

/** How a text file has rows: as LOAD DATA and IMPORT INTO read them, ESCAPED BY '\\'. */
export interface Delimited {
  /** The text of a row, without its end. */
  line(values: readonly DataValue[]): string
}

/** FIELDS TERMINATED BY the separator, ENCLOSED BY '"' if need be. A row is one line: line ends are written `\n`. */
export function csv(separator: string): Delimited {
  const usable = separator.length === 1 && !/["\\\w-]/.test(separator) && separator >= ' ' && separator <= '~'
  if (!usable && separator !== '\t') {
    throw new ConfigError(['separator'], `separator is ${printable(separator)}`, {
      hints: ["give one character of ASCII that is not a letter, digit, quote, backslash or line end, such as ';'"],
    })
  }
  const signs = charactersOf(`"\\\n\r\0\x1a${separator}`)
  const escape = escaper('\\\n\r\0\x1a', '"')
  // Without quotes, the word NULL would be read as NULL, and spaces at the ends may be taken off.
  const bare = /^(?!null$)\S(.*\S)?$/i
  return {
    line: (values) =>
      joined(values, separator, (text) => (bare.test(text) && !signs.test(text) ? text : `"${escape(text)}"`)),
  }
}

const escapeTsv = escaper('\\\n\r\t\0\x1a')

/** What LOAD DATA takes for granted: FIELDS TERMINATED BY '\t', no quotes. */
export const tsv: Delimited = { line: (values) => joined(values, '\t', escapeTsv) }

function joined(values: readonly DataValue[], separator: string, textOf: (text: string) => string): string {
  let line = ''
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] as DataValue
    if (at > 0) line += separator
    if (typeof value === 'string') line += textOf(value)
    else if (typeof value === 'number') line += digitsOf(value)
    else if (value === null || value instanceof DefaultValue) line += '\\N'
    else if (typeof value === 'boolean') line += value ? '1' : '0'
    else line += Buffer.isBuffer(value) ? value.toString('hex') : String(value)
  }
  return line
}
