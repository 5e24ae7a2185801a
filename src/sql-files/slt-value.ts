import { createHash } from 'node:crypto'
import type { TextRow } from '../connection/text-connection.ts'
import type { SltDialect } from './slt-record.ts'

/**
 * How values are written: as SQLite’s runner writes them, all of them ASCII and numbers with three decimals; or as they are,
 * as the others do. Characters are bytes.
 */
export interface Format {
  readonly name: 'sqlite' | 'plain'
  write(value: string | null, type: string): string
}

const plain: Format = {
  name: 'plain',
  write(value, type) {
    if (value === null) return 'NULL'
    if (value === '') return '(empty)'
    if (type === 'B') return value === '1' ? 'true' : value === '0' ? 'false' : value
    // A line can't have one in it.
    return /[\n\r\t]/.test(value) ? value.replace(/[\n\r\t]/g, ' ') : value
  },
}

/** @param strict whether what is no number is made one, and decimals are cut off an integer, as C does. */
const sqliteFormat = (strict: boolean): Format => ({
  name: 'sqlite',
  write(value, type) {
    if (value === null) return 'NULL'
    if (type === 'I')
      return strict ? leadingInteger(value) : /^[-+]?\d+\.0+$/.test(value) ? leadingInteger(value) : value
    if (type === 'R')
      return isNumber(value)
        ? threeDecimals(Number(value))
        : strict
          ? threeDecimals(Number.parseFloat(value) || 0)
          : value
    if (value === '') return '(empty)'
    return /[^ -~]/.test(value) ? value.replace(/[^ -~]/g, '@') : value
  },
})

const sqlite = sqliteFormat(true)
const sqliteAmongOthers = sqliteFormat(false)

/** Formats in which a result may be expected, the usual one first. */
export function formatsOf(dialect: SltDialect): readonly Format[] {
  if (dialect === 'sqlite') return [sqlite]
  return dialect === 'auto' ? [plain, sqliteAmongOthers] : [plain]
}

function isNumber(value: string): boolean {
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(value)
}

function leadingInteger(value: string): string {
  const [, sign = '', digits = '0'] = /^\s*([-+]?)0*(\d+)/.exec(value) ?? []
  return digits === '0' || sign !== '-' ? digits : `-${digits}`
}

/** As `%.3f` of C: halves that are exact go to the even digit. */
export function threeDecimals(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf'
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}.000`
  // What is half of a thousandth is a whole number of sixteenths.
  const isTie = Number.isInteger(value * 16) && !Number.isInteger(value * 8)
  if (!isTie) return Object.is(value, -0) ? '-0.000' : value.toFixed(3)
  const digits = Math.abs(value).toFixed(4).slice(0, -1)
  const isEven = Number(digits.at(-1)) % 2 === 0
  return isEven ? `${value < 0 ? '-' : ''}${digits}` : value.toFixed(3)
}

/** Writes the values of rows. @param types a letter for each column. */
export function written(rows: readonly TextRow[], types: string, format: Format): string[][] {
  return rows.map((row) => row.map((value, at) => format.write(value, types[at] ?? 'T')))
}

/** The hash of values, as all runners have it: each on a line of its own. */
export function hashOf(values: readonly string[]): string {
  const text = values.length === 0 ? '' : `${values.join('\n')}\n`
  return createHash('md5').update(text, 'latin1').digest('hex')
}

export function hashLine(values: readonly string[]): string {
  return `${values.length} values hashing to ${hashOf(values)}`
}

/** By bytes, value by value. */
export function byBytes(one: readonly string[], other: readonly string[]): number {
  for (let at = 0; at < one.length; at += 1) {
    const left = one[at] ?? ''
    const right = other[at] ?? ''
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}
