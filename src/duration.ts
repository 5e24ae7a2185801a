import ms from 'ms'
import { ConfigError } from './errors.ts'

/** A length of time: a number of ms, or text such as `'500ms'`, `'5s'`, `'30m'`. */
export type Duration = number | string

/**
 * A duration in ms.
 *
 * @throws {ConfigError} if the text is not a duration, or is negative.
 */
export function toMs(duration: Duration, setting: string): number {
  const value = typeof duration === 'number' ? duration : parse(duration)
  if (value === undefined || !Number.isFinite(value) || value < 0) {
    throw new ConfigError([setting], `${setting} is ${JSON.stringify(duration)}, which is not a duration`, {
      hints: ["give a number of ms, or text such as '500ms', '5s', '30m'"],
    })
  }
  return value
}

/** The longest that a timer of Node can wait, in ms: 24.8 days. A longer one would end at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

/** A duration in ms for a timer; one longer than the longest is cut to it, and nobody sees it end. @throws {ConfigError} as `toMs`. */
export function deadlineMs(duration: Duration, setting = 'within'): number {
  return Math.min(toMs(duration, setting), LONGEST_TIMER_MS)
}

function parse(text: string): number | undefined {
  return text.trim() === '' ? undefined : ms(text as ms.StringValue)
}
