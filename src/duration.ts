import ms from 'ms'
import { ConfigError } from './errors.ts'

/** A length of time: a number of ms, or text such as `'500ms'`, `'5s'`, `'30m'`. */
export type Duration = number | string

/**
 * A duration in ms.
 *
 * @throws {ConfigError} where the text is not a duration, or is negative.
 */
export function toMs(duration: Duration, setting = 'within'): number {
  const value = typeof duration === 'number' ? duration : parse(duration)
  if (value === undefined || !Number.isFinite(value) || value < 0) {
    throw new ConfigError([setting], `${setting} is ${JSON.stringify(duration)}, which is not a length of time`, {
      hints: ["give a number of ms, or text such as '500ms', '5s', '30m'"],
    })
  }
  return value
}

function parse(text: string): number | undefined {
  return text.trim() === '' ? undefined : ms(text as ms.StringValue)
}
