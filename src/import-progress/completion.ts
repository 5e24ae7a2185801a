import { formatShare } from '../number-format.ts'

const FULL = '█'
const EMPTY = '░'

/** How much of a job is done, in whole percent: `100%` is all of it. */
export function formatPercent(percent: number): string {
  return formatShare(within(percent) / 100, 0)
}

/** A bar of so many columns. */
export function formatBar(percent: number, columns: number): { readonly done: string; readonly left: string } {
  const done = Math.floor((within(percent) / 100) * columns)
  return { done: FULL.repeat(done), left: EMPTY.repeat(columns - done) }
}

function within(percent: number): number {
  return Math.min(100, Math.max(0, percent))
}
