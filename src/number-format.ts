// How every count, rate, share, size and length of time is printed: in the terminal, on the page, in messages.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']
// What is off in the last binary digit is not a tenth of a percent.
const ROUNDING = 1e-9

/** A whole number: `1,234,567`, without loss if it is a bigint or text. */
export function formatCount(number: number | bigint | string): string {
  const digits = typeof number === 'string' && /^\d+$/.test(number) ? number : whole(number)
  return digits.replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}

/** So many of something: `1 row`, `1,234 rows`. */
export function formatQuantity(number: number | bigint | string, one: string, many = `${one}s`): string {
  return `${formatCount(number)} ${String(number) === '1' ? one : many}`
}

/** Rows a second: `62,100 rows/s`, `0.25 rows/s`. */
export function formatRate(rowsPerSecond: number): string {
  return `${rowsPerSecond < 10 ? threeDigits(rowsPerSecond) : formatCount(rowsPerSecond)} rows/s`
}

/** A fraction as percent, rounded down: `24.9%`, and `100%` only if it is all of it. */
export function formatShare(fraction: number, decimals = 1): string {
  const power = 10 ** decimals
  return `${Math.floor(fraction * 100 * power + ROUNDING) / power}%`
}

/** Bytes: `1.15 GiB`. */
export function formatSize(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
  return `${power === 0 ? formatCount(bytes) : threeDigits(bytes / 1_024 ** power)} ${UNITS[power]}`
}

/** A length of time, in ms: `4.6 ms`, `830 ms`, `1.25 s`, and in its two largest units from a minute on: `2 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < 99.95) return `${Number(ms.toFixed(1))} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${threeDigits(ms / 1_000)} s`
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
    .map(([number, unit]) => `${formatCount(number)} ${unit}`)
    .join(' ')
}

/** A place on a time line, in ms since its begin, as exact after an hour as at first: `+1,234.5 ms`. */
export function formatMoment(ms: number, decimals = 1): string {
  const [digits = '', fraction] = ms.toFixed(decimals).split('.')
  return `+${formatCount(digits)}${fraction === undefined ? '' : `.${fraction}`} ms`
}

function whole(number: number | bigint | string): string {
  return String(typeof number === 'bigint' ? number : Math.round(Number(number)))
}

function threeDigits(number: number): string {
  return number >= 1_000 ? formatCount(Number(number.toPrecision(3))) : String(Number(number.toPrecision(3)))
}
