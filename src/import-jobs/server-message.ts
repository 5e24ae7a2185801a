import { formatQuantity } from '../number-format.ts'

/** A test report has it several times over; the report of import jobs has it once, and whole. */
const SHOWN = 2_000

/** What the server said of a job, for the message of an error: of a long one the beginning, and how much more there is. */
export function shortMessage(message: string): string {
  const left = message.length - SHOWN
  return left <= 0
    ? message
    : `${message.slice(0, SHOWN).toWellFormed()}… and ${formatQuantity(left, 'more character')}, see the report of import jobs`
}
