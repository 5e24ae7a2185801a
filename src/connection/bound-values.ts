import type { TypedParameter } from 'mysql2'

/** A parameter of a statement. */
export type Value = string | number | bigint | boolean | Date | Buffer | null | undefined | readonly Value[]

// Texts and comments, as the driver skips them, and what lies between: runs of question marks.
const TOKEN = /'[^']*'|"[^"]*"|`[^`]*`|#.*|--(?:[\0-\x20].*|$)|\/\*(?![!+])[^]*?\*\/|\?+/gm

/**
 * How many values a statement takes that is sent as text: one for each `?` or `??` outside of texts and comments;
 * undefined where that depends on the SQL mode of the session.
 */
export function countPlaceholders(sql: string): number | undefined {
  if (!sql.includes('?')) return 0
  if (sql.includes('\\')) return undefined
  let count = 0
  for (const [token] of sql.matchAll(TOKEN)) if (token === '?' || token === '??') count += 1
  return count
}

/** What is wrong with the number of values; undefined where nothing is. */
export function miscount(placeholders: number, values: number): string | undefined {
  if (placeholders === values) return undefined
  const takes = placeholders === 1 ? '1 placeholder' : `${placeholders} placeholders`
  return `it has ${takes}, and ${values === 1 ? '1 value was' : `${values} values were`} given`
}

/** What is wrong with the values themselves; undefined where nothing is. The driver makes something else of these. */
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
