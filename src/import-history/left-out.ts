const MAX_SHOWN = 5

/** What could not be read, as lines of a report: the first few, and how many more. */
export function leftOut(faults: readonly string[], where: string): string[] {
  const shown = faults.slice(0, MAX_SHOWN).map((fault) => `${fault}; left out`)
  const more = faults.length - shown.length
  return more > 0 ? [...shown, `${where}: ${more} more can't be read; left out`] : shown
}
