import { listed } from './listed.ts'
import { formatQuantity } from '../number-format.ts'

/** Who is to meet: a number of parties, or certain ones. */
export type Expected = number | readonly string[]

export function sizeOf(expected: Expected): number {
  return typeof expected === 'number' ? expected : new Set(expected).size
}

/** The same number, or the same names in any order. */
export function sameExpected(one: Expected, other: Expected): boolean {
  // Most often the very list of a run, at each of a thousand arrivals.
  if (one === other) return true
  if (typeof one === 'number' || typeof other === 'number') return false
  const names = new Set(other)
  return sizeOf(one) === names.size && one.every((name) => names.has(name))
}

export function describeExpected(expected: Expected): string {
  return typeof expected === 'number' ? formatQuantity(expected, 'party', 'parties') : listed(expected)
}
