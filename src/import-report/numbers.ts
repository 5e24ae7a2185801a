import type { ImportRecord } from '../import-jobs/import-record.ts'

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const THREE_DIGITS = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']

/** `1,234,567`, without loss where it came as text. */
export function count(number: number | string): string {
  return WHOLE.format(typeof number === 'string' && /^\d+$/.test(number) ? BigInt(number) : Number(number))
}

/** `1.2M`: for an axis. */
export function compact(number: number): string {
  return COMPACT.format(number)
}

/** `1.15 GiB`. */
export function size(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
  return `${THREE_DIGITS.format(bytes / 1_024 ** power)} ${UNITS[power]}`
}

/** A length of time in its two largest units: `830 ms`, `45 s`, `35 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function length(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${Number((ms / 1_000).toFixed(1))} s`
  const seconds = Math.round(ms / 1_000)
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  const first = parts.findIndex(([number]) => number > 0)
  return parts
    .slice(first, first + 2)
    .filter(([number]) => number > 0)
    .map(([number, unit]) => `${number} ${unit}`)
    .join(' ')
}

/** `62,100 rows/s`. */
export function speed(rowsPerSecond: number): string {
  return `${rowsPerSecond < 10 ? THREE_DIGITS.format(rowsPerSecond) : count(rowsPerSecond)} rows/s`
}

/** Rows a second from start to end; undefined where rows or duration are not known. */
export function speedOf({ rows, durationMs }: ImportRecord): number | undefined {
  return rows === undefined || durationMs === undefined || durationMs <= 0
    ? undefined
    : Number(rows) / (durationMs / 1_000)
}

/** `one job`, `3 jobs`. */
export function jobs(number: number): string {
  return `${count(number)} ${number === 1 ? 'job' : 'jobs'}`
}
