import { fitToPrint, printable } from '../redact.ts'
import type { Difference } from './expected-text.ts'
import { toLetters } from './result-text.ts'
import { SqlResultError, type Place } from './sql-file-error.ts'

/** The error of a statement whose result is not the recorded one: both as letters, for vitest to show where they differ. */
export function resultDiffers(place: Place, title: string, { expected, actual }: Difference): SqlResultError {
  const texts = [expected, actual].map((bytes) => fitToPrint(toLetters(bytes)))
  // Of bytes that are no letters, and of what moves no cursor when it is printed, nothing would be seen.
  const [one = '', other = ''] = texts[0] === texts[1] ? [expected, actual].map(visible) : texts
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

/** Bytes, one a character: those that are not printed as they are by their number. */
function visible(bytes: string): string {
  return fitToPrint(
    bytes.replace(/[^\n\t\x20-\x7e]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`),
  )
}
