import { quoteName } from '../quote-name.ts'
import { DefaultValue, type DataValue } from './column.ts'
import { digitsOf } from './digits.ts'
import { escaper } from './escapes.ts'

/** The beginning of an INSERT, up to the values. */
export function insertInto(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${tableName(table)} (${columns.map(quoteName).join(', ')}) VALUES\n`
}

/** The values of a row, in parentheses. */
export function tuple(values: readonly DataValue[]): string {
  let sql = '('
  for (let at = 0; at < values.length; at += 1) {
    if (at > 0) sql += ','
    sql += literal(values[at] as DataValue)
  }
  return `${sql})`
}

/** `shop.orders` with both names between backticks. */
export function tableName(table: string): string {
  return table.split('.').map(quoteName).join('.')
}

const escape = escaper('\\\n\r\0\x1a', "'")

function literal(value: DataValue): string {
  if (typeof value === 'string') return `'${escape(value)}'`
  if (typeof value === 'number') return digitsOf(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (value === null) return 'NULL'
  return value instanceof DefaultValue ? 'DEFAULT' : `x'${value.toString('hex')}'`
}
