import { toLetters } from '../connection/text-result.ts'
import { fitToPrint } from '../redact.ts'

/**
 * Two texts of bytes that differ, for vitest to show where. Of bytes that are no letters, and of what moves no cursor when
 * it is printed, nothing would be seen: those are shown by their numbers.
 */
export function shownPair(one: string, other: string): readonly [string, string] {
  const [first = '', second = ''] = [one, other].map((bytes) => fitToPrint(toLetters(bytes)))
  return first === second ? [visible(one), visible(other)] : [first, second]
}

function visible(bytes: string): string {
  return fitToPrint(
    bytes.replace(/[^\n\t\x20-\x7e]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`),
  )
}
