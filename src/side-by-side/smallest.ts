/** What was left out, and why no more was. */
export interface Smallest<T> {
  readonly kept: readonly T[]
  /** Whether no part of it can be left out by itself. */
  readonly isSmallest: boolean
}

/**
 * The smallest list that still does what the whole one does, by leaving out parts: first halves, then smaller ones, in the
 * end each by itself, and from the end to the beginning, as what comes later depends on what comes before. That is delta
 * debugging without its search for a part that does it alone.
 *
 * @param does whether a list still does it; undefined if nobody waits for the answer any more.
 * @param onSmaller told of each list that does.
 */
export async function smallest<T>(
  list: readonly T[],
  does: (list: readonly T[]) => Promise<boolean | undefined>,
  onSmaller: (list: readonly T[]) => void = () => undefined,
): Promise<Smallest<T>> {
  let kept = list
  let size = Math.ceil(list.length / 2)
  while (size > 0 && kept.length > 0) {
    let dropped = false
    for (let end = kept.length; end > 0; end -= size) {
      const rest = [...kept.slice(0, Math.max(0, end - size)), ...kept.slice(end)]
      const answer = await does(rest)
      if (answer === undefined) return { kept, isSmallest: false }
      if (!answer) continue
      kept = rest
      dropped = true
      onSmaller(kept)
    }
    // One that could not go may go now that others went.
    if (size === 1 && !dropped) break
    size = size === 1 ? 1 : Math.ceil(size / 2)
  }
  return { kept, isSmallest: true }
}
