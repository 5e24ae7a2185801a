import { printable } from '../redact.ts'
import { shownPair } from '../side-by-side/shown.ts'
import type { Difference } from './expected-text.ts'
import { SqlResultError, type Place } from './sql-file-error.ts'

/** The error of a statement whose result is not the recorded one: both as letters, for vitest to show where they differ. */
export function resultDiffers(place: Place, title: string, { expected, actual }: Difference): SqlResultError {
  const [one, other] = shownPair(expected, actual)
  const what =
    expected === ''
      ? 'the recorded result does not have it'
      : actual === ''
        ? 'the recorded result has more'
        : 'result differs'
  const crlf = expected.includes('\r\n') && !actual.includes('\r\n') ? '; its lines end with CR LF' : ''
  const where = `${place.file}:${place.line}`
  return new SqlResultError(place, `${where}: ${what}${crlf}: ${printable(title)}`, { expected: one, actual: other })
}
