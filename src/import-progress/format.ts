const FULL = '█'
const EMPTY = '░'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const compact = new Intl.NumberFormat('en-US', {
  notation: 'compact',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  roundingMode: 'floor',
})

/** A count: `1,234,567`. */
export function formatCount(count: number): string {
  return whole.format(count)
}

/** Rows: `1,234,567 rows`, `1 row`. */
export function formatRows(rows: number): string {
  return `${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}`
}

/** Rows a second: `950 rows/s`, `12.3k rows/s`, `4.0M rows/s`. */
export function formatRate(rowsPerSecond: number): string {
  const rate = rowsPerSecond < 1000 ? formatCount(rowsPerSecond) : compact.format(rowsPerSecond).replace('K', 'k')
  return `${rate} rows/s`
}

/** Share of the whole, from 0 to 100, rounded down: `100%` is all of it. */
export function formatPercent(percent: number): string {
  return `${Math.floor(within(percent))}%`
}

/** A bar of so many columns. */
export function formatBar(percent: number, columns: number): { readonly done: string; readonly left: string } {
  const done = Math.floor((within(percent) / 100) * columns)
  return { done: FULL.repeat(done), left: EMPTY.repeat(columns - done) }
}

/** A length of time in two units at most: `8s`, `2m 05s`, `12m`, `1h 02m`, `3d 04h`. */
export function formatTime(ms: number): string {
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  if (days > 0) return `${days}d ${two(hours % 24)}h`
  if (hours > 0) return `${hours}h ${two(minutes % 60)}m`
  // An estimate of more than that is not true to the second.
  if (minutes >= 10) return `${minutes}m`
  if (minutes > 0) return `${minutes}m ${two(seconds % 60)}s`
  return `${seconds}s`
}

function within(percent: number): number {
  return Math.min(100, Math.max(0, percent))
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
