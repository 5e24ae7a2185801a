import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

export interface CachePart {
  readonly name: string
  /** What it takes on the disk. */
  readonly bytes: number
}

const BLOCK_BYTES = 512

/** What each folder of the cache takes; none if there is no cache. */
export function cacheSizes(cache: string): CachePart[] {
  return entriesOf(cache).map((name) => ({ name, bytes: sizeOf(join(cache, name)) }))
}

function sizeOf(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 0
  // Blocks, not length: templates have holes.
  const own = stat.blocks * BLOCK_BYTES
  return stat.isDirectory() ? entriesOf(path).reduce((sum, name) => sum + sizeOf(join(path, name)), own) : own
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch {
    // It is not there, or goes away this very moment.
    return []
  }
}
