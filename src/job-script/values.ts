import * as v from 'valibot'
import { toMs } from '../duration.ts'
import { nearest } from '../nearest.ts'
import { parseBytes } from '../import-jobs/units.ts'
import type { ColumnValue, Instant } from './script.ts'

// What the values of a job script may be, each with the words that say so.

/** Rows as they are written: so many or a share of all, in all or more than before. */
export interface Amount {
  readonly rows?: bigint
  readonly percent?: number
  readonly more: boolean
}

/** SHOW IMPORT JOBS prints its counts as signed: what is beyond shows as negative. */
const MAX_COUNT = 2n ** 63n - 1n
const COUNT = `a whole number, 0 to ${MAX_COUNT}`

/** A value that `read` takes, and undefined is read from what is not allowed. */
function value<T>(allowed: string, read: (input: unknown) => T | undefined) {
  return v.pipe(
    v.unknown(),
    v.rawTransform<unknown, T>(({ dataset, addIssue, NEVER }) => {
      const output = read(dataset.value)
      if (output !== undefined) return output
      addIssue({ message: `is ${shown(dataset.value)}; allowed: ${allowed}` })
      return NEVER
    }),
  )
}

export const duration = value('a duration: a number of ms, or text such as 500ms, 5s, 30d', readMs)

export const interval = value('a duration of at least 1ms, such as 100ms', (input) => {
  const ms = readMs(input)
  return ms !== undefined && ms >= 1 ? ms : undefined
})

export const count = value(COUNT, readCount)

export const amount = value(
  `rows so far as ${COUNT}, or a share of the job's rows such as 50%; with a + before it, in text: that many more`,
  (input): Amount | undefined => {
    const [, plus, text = '', sign] = /^(\+?)(.*?)(%?)$/s.exec(String(input)) ?? []
    const more = plus === '+'
    if (sign === '') {
      const rows = readCount(typeof input === 'string' ? text : input)
      return rows === undefined ? undefined : { rows, more }
    }
    return /^\d+(\.\d+)?$/.test(text) ? { percent: Number(text), more } : undefined
  },
)

export const size = value('a number of bytes, or text such as 1.15GiB, 20MB', (input) => {
  const bytes = readCount(input) ?? (typeof input === 'string' ? parseBytes(input) : undefined)
  return bytes === undefined ? undefined : BigInt(bytes)
})

export const repeat = value('a whole number, 1 to 100000', (input) => readWhole(input, 1, 100_000))

export const jobId = value(`a whole number, 1 to ${Number.MAX_SAFE_INTEGER}`, (input) =>
  readWhole(input, 1, Number.MAX_SAFE_INTEGER),
)

/** Text that a column of so many characters holds. */
export function text(characters: number, min = 0) {
  return value(`text of ${min === 0 ? 'at most' : `${min} to`} ${characters} characters`, (input) =>
    typeof input === 'string' && Array.from(input).length <= characters && input.length >= min ? input : undefined,
  )
}

/** Text that a column of type TEXT holds. */
export const longText = value('text of at most 65535 bytes', readText)

/** A word that needs nothing more: `vanish`, or `vanish: true`. */
export const flag = value('nothing, or true', (input) => (input === null || input === true ? true : undefined))

const TIME = 'a time such as 2026-01-31 02:00:00, now, 5m ago, in 1h'

/** An instant in a raw column. */
export const time = value(TIME, readTime)

/** An instant in a raw column, or null. */
export const timeOrNull = value(`${TIME}, or null`, (input) => (input === null ? null : readTime(input)))

/** Text in a raw column, or null. */
export const rawText = value('text of at most 65535 bytes, or null', (input) =>
  input === null ? null : readText(input),
)

export const rawInteger = value('a whole number of at most 64 bits', (input) => {
  if (typeof input !== 'bigint' && !Number.isSafeInteger(input)) return undefined
  const given = BigInt(input as bigint)
  return BigInt.asIntN(64, given) === given ? given : undefined
})

/** A map of these keys and no others; the message for another key names the one that was probably meant. */
export function keys<const Entries extends v.ObjectEntries>(thing: string, entries: Entries) {
  const names = Object.keys(entries)
  const allowed = names.join(', ')
  return v.strictObject(entries, ({ expected, path, input }) => {
    const key = path?.at(-1)?.key
    if (typeof key !== 'string') return `is ${shown(input)}; allowed: ${thing}, with ${allowed}${meant(input, names)}`
    if (expected !== 'never') return `${thing} needs ${shown(key)}`
    return `${shown(key)} is not a key of ${thing}; allowed: ${allowed}${meant(key, names)}`
  })
}

/** The name that was probably meant, if one is near. */
function meant(word: unknown, names: readonly string[]): string {
  if (typeof word !== 'string') return ''
  const near = nearest(word, names, Math.max(2, word.length / 2))
  return near === undefined ? '' : `; did you mean ${near}?`
}

/** Whether a value is a map, of which the keys are checked. */
export function isMap(input: unknown): input is Readonly<Record<string, unknown>> {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
}

/** A value in one short line, for errors. */
export function shown(input: unknown): string {
  const line =
    JSON.stringify(input, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) ?? 'nothing'
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}

function readMs(input: unknown): number | undefined {
  if (typeof input !== 'number' && typeof input !== 'string') return undefined
  try {
    return toMs(input, 'time')
  } catch {
    return undefined
  }
}

function readTime(input: unknown): ColumnValue | undefined {
  if (typeof input !== 'string') return undefined
  if (/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(input)) return input
  const [, ahead, back] = /^(?:in (.+)|(.+) ago)$/.exec(input === 'now' ? '0 ago' : input) ?? []
  const ms = readMs(ahead ?? back)
  return ms === undefined ? undefined : ({ agoMs: ahead === undefined ? ms : -ms } satisfies Instant)
}

function readCount(input: unknown): bigint | undefined {
  const given =
    typeof input === 'string' && /^\d[\d_]*$/.test(input)
      ? BigInt(input.replaceAll('_', ''))
      : typeof input === 'bigint' || Number.isSafeInteger(input)
        ? BigInt(input as number)
        : undefined
  return given !== undefined && given >= 0n && given <= MAX_COUNT ? given : undefined
}

function readWhole(input: unknown, min: number, max: number): number | undefined {
  const given = readCount(input)
  return given !== undefined && given >= BigInt(min) && given <= BigInt(max) ? Number(given) : undefined
}

function readText(input: unknown): string | undefined {
  return typeof input === 'string' && Buffer.byteLength(input) <= 65_535 ? input : undefined
}
