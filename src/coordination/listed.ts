import { formatCount } from '../number-format.ts'
const SHOWN = 10

/** Names in a row, the first ten of them. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return 'nobody'
  const more = names.length - SHOWN
  return `${names.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`
}
