import { crc32 } from 'node:zlib'
import { DefaultValue, type DataValue } from './column.ts'
import { digitsOf } from './digits.ts'
import { quoteName } from '../quote-name.ts'
import { tableName } from './sql.ts'

/**
 * What is compared of two sets of rows, in any order: how many rows; of each column how many values are not NULL
 * (`name.values`), and the sum of their CRC-32 (`name.crc`, null if there are none). Sums are text, as the driver has
 * a DECIMAL.
 */
export type Checksum = Readonly<Record<string, number | string | null>>

/** The checksum of rows. Text of a value is what the server prints of it. */
export function checksumOf(rows: Iterable<Readonly<Record<string, DataValue>>>, columns: readonly string[]): Checksum {
  const values = columns.map(() => 0)
  // Sums of 2^32 at most: exact for two million rows, then carried over to where they stay so.
  const low = columns.map(() => 0)
  const high = columns.map(() => 0n)
  let count = 0
  for (const row of rows) {
    count += 1
    for (let at = 0; at < columns.length; at += 1) {
      const bytes = printed(row[columns[at] ?? ''])
      if (bytes === null) continue
      values[at] = (values[at] ?? 0) + 1
      low[at] = (low[at] ?? 0) + crc32(bytes)
      if ((low[at] ?? 0) < CARRY) continue
      high[at] = (high[at] ?? 0n) + BigInt(low[at] ?? 0)
      low[at] = 0
    }
  }
  const entries = columns.flatMap((name, at): [string, number | string | null][] => [
    [`${name}.values`, values[at] ?? 0],
    [`${name}.crc`, values[at] === 0 ? null : String((high[at] ?? 0n) + BigInt(low[at] ?? 0))],
  ])
  return Object.fromEntries([['rows', count], ...entries])
}

/** The statement whose one row is the checksum of a table. A JSON column, and one of bytes, may be among the columns. */
export function checksumQuery(table: string, columns: readonly string[]): string {
  const sums = columns.flatMap((name) => {
    const column = quoteName(name)
    return [
      `count(${column}) as ${quoteName(`${name}.values`)}`,
      // As bytes: the checksum of the text must not depend on the character set of the connection.
      `cast(sum(crc32(${column})) as char) as ${quoteName(`${name}.crc`)}`,
    ]
  })
  return `select ${['count(*) as `rows`', ...sums].join(', ')} from ${tableName(table)}`
}

const CARRY = 2 ** 52

function printed(value: DataValue | undefined): string | Buffer | null {
  if (typeof value === 'string' || Buffer.isBuffer(value)) return value
  if (value === null || value === undefined) return null
  if (value instanceof DefaultValue) return printed(value.is)
  if (typeof value === 'bigint') return String(value)
  return digitsOf(Number(value))
}
