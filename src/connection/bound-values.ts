import type { TypedParameter } from 'mysql2'
import { formatQuantity } from '../number-format.ts'

/** A parameter of a statement. */
export type Value = string | number | bigint | boolean | Date | Buffer | null | undefined | readonly Value[]

/** How a session reads a backslash in a text: as an escape, or with NO_BACKSLASH_ESCAPES as one more character. */
export type Backslash = 'escape' | 'literal'

/** Where texts and comments begin, and runs of question marks. */
const STOP = /['"`#]|--(?![^\0-\x20])|\/\*(?![!+])|\?+/g

/**
 * How many values a statement takes that is sent as text: one for each `?` or `??` outside of texts and comments, which
 * are skipped as the driver skips them.
 */
export function countPlaceholders(sql: string, backslash: Backslash = 'escape'): number {
  return sql.includes('?') ? scan(sql, backslash).placeholders : 0
}

function scan(sql: string, backslash: Backslash): { readonly placeholders: number; readonly isClosed: boolean } {
  let placeholders = 0
  const stop = new RegExp(STOP)
  for (let found = stop.exec(sql); found !== null; found = stop.exec(sql)) {
    const [token] = found
    if (token === '?' || token === '??') placeholders += 1
    if (token.startsWith('?')) continue
    const end = endOf(token, sql, stop.lastIndex, backslash)
    if (end === undefined) return { placeholders, isClosed: false }
    stop.lastIndex = end
  }
  return { placeholders, isClosed: true }
}

/** Where what begins with this token ends; undefined if it is not closed. */
function endOf(token: string, sql: string, from: number, backslash: Backslash): number | undefined {
  if (token === '#' || token === '--') return past('\n', sql, from) ?? sql.length
  if (token === '/*') return past('*/', sql, from)
  if (token === '`' || backslash === 'literal') return past(token, sql, from)
  const stop = token === "'" ? /['\\]/g : /["\\]/g
  stop.lastIndex = from
  for (let found = stop.exec(sql); found !== null; found = stop.exec(sql)) {
    if (found[0] === token) return stop.lastIndex
    stop.lastIndex += 1
  }
  return undefined
}

function past(close: string, sql: string, from: number): number | undefined {
  const at = sql.indexOf(close, from)
  return at === -1 ? undefined : at + close.length
}

/** @param backslash how the session reads one; undefined if the server did not say. */
export function miscounted(sql: string, values: number, backslash: Backslash | undefined): string | undefined {
  const wrong = miscount(countPlaceholders(sql, backslash), values)
  if (backslash !== undefined || wrong === undefined) return wrong
  // The other reading may be that of this session, if it is one.
  const { placeholders, isClosed } = scan(sql, 'literal')
  return isClosed && placeholders === values ? undefined : wrong
}

// What the driver writes with a backslash.
// oxlint-disable-next-line no-control-regex
const ESCAPED = /[\0\b\t\n\r\x1a"'\\]/

/**
 * What of a statement the driver can't write for a session with NO_BACKSLASH_ESCAPES; undefined if it can. It does
 * not ask, and writes every text with backslashes (mysql2 3.24.6): the server would end the text at the quote in it.
 */
export function unwritable(sql: string, values: readonly Value[]): string | undefined {
  if (countPlaceholders(sql, 'literal') !== countPlaceholders(sql))
    return `the driver finds other placeholders ${WHERE}`
  const which = values.findIndex(isEscaped)
  return which === -1 ? undefined : `value ${which + 1} has characters that the driver can't write ${WHERE}`
}

const WHERE = 'where sql_mode has NO_BACKSLASH_ESCAPES: send it with execute'

function isEscaped(value: Value): boolean {
  return Array.isArray(value) ? value.some(isEscaped) : typeof value === 'string' && ESCAPED.test(value)
}

/** What is wrong with the number of values; undefined if nothing is. */
export function miscount(placeholders: number, values: number): string | undefined {
  if (placeholders === values) return undefined
  return `it has ${formatQuantity(placeholders, 'placeholder')}, and ${formatQuantity(values, 'value was', 'values were')} given`
}

/** What is wrong with the values themselves; undefined if nothing is. The driver makes something else of these. */
export function misfit(command: 'query' | 'execute', values: readonly Value[]): string | undefined {
  for (const [index, value] of values.entries()) {
    const which = `value ${index + 1}`
    if (value instanceof Date && Number.isNaN(value.getTime())) return `${which} is an invalid Date`
    if (typeof value === 'number' && !Number.isFinite(value)) return `${which} is ${value}, which SQL does not have`
    if (typeof value === 'function' || typeof value === 'symbol') return `${which} is a ${typeof value}`
    if (command === 'query' || typeof value !== 'object' || value === null) continue
    if (Array.isArray(value)) return `${which} is an array: a prepared statement takes one value for each ?`
    if (!(value instanceof Date || value instanceof Uint8Array)) return `${which} is an object, which TiDB refuses`
  }
  return undefined
}

const MOST_SIGNED = 2n ** 63n - 1n

/** How a value travels to a prepared statement. */
export type ValueKind = 'null' | 'integer' | 'unsigned' | 'number' | 'string' | 'boolean' | 'time' | 'bytes'

export function kindOf(value: Value): ValueKind {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'bigint') return value > MOST_SIGNED ? 'unsigned' : 'integer'
  if (Number.isSafeInteger(value)) return 'integer'
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'boolean'
  if (value instanceof Date) return 'time'
  return typeof value === 'string' ? 'string' : 'bytes'
}

/** The values as the driver takes them. Whole numbers travel as such: as a DOUBLE, TiDB takes none in LIMIT (1210). */
export function toParameters(values: readonly Value[], typed: typeof TypedParameter): unknown[] {
  return values.map((value) => {
    if (typeof value === 'bigint') return value > MOST_SIGNED ? typed.BIGINT.unsigned(value) : typed.BIGINT(value)
    if (Number.isSafeInteger(value)) return typed.BIGINT(value as number)
    return value ?? null
  })
}

/**
 * Whether a statement that was prepared for values of one kind may be executed with those of another: TiDB goes on by
 * the kinds of its first values, and answers wrong ones (v8.5.6: `select ?` with 7.5, then 'abc', is 3.2e-317).
 */
export function fits(before: readonly ValueKind[], now: readonly ValueKind[]): boolean {
  return now.every((kind, index) => kind === 'null' || kind === before[index])
}
