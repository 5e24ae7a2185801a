import type * as Levenshtein from 'fastest-levenshtein'
import { lazyPackage } from './lazy-package.ts'

const levenshtein = lazyPackage<typeof Levenshtein>('fastest-levenshtein')

/** The one of these names that was probably meant: at most so many letters are wrong. Undefined if none is near. */
export function nearest(name: string, names: readonly string[], typos = name.length < 6 ? 2 : 3): string | undefined {
  if (names.length === 0) return undefined
  const { closest, distance } = levenshtein()
  const near = closest(name, names)
  return distance(name, near) <= typos ? near : undefined
}
