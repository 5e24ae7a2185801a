import { readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { wallTime } from '../clock.ts'

/** What was not used for so long goes, in ms: projects with other versions of this package use what this one does not. */
export const UNUSED_AFTER_MS = 30 * 24 * 3_600_000

/** Notes that something in the cache is used from now on. */
export function noteUse(path: string): void {
  try {
    const now = wallTime() / 1_000
    utimesSync(path, now, now)
  } catch {
    // It is not there, or belongs to somebody else: who made it decides.
  }
}

/** Removes from a folder of the cache what is called so and was not used for 30 days. */
export function clearUnused(folder: string, name: RegExp): void {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry)
    if (!name.test(entry) || !isUnused(path)) continue
    // Out of the way first: whoever noted its use in this moment is seen below, and whoever comes later finds nothing.
    const aside = `${path}.partial`
    try {
      renameSync(path, aside)
      if (isUnused(aside)) rmSync(aside, { recursive: true, force: true })
      else renameSync(aside, path)
    } catch {
      // Another process was quicker, or may write there and this one may not.
    }
  }
}

/** Whether something was not used, and a file not written to, for 30 days. */
export function isUnused(path: string): boolean {
  const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {}
  return mtimeMs !== undefined && wallTime() - mtimeMs > UNUSED_AFTER_MS
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
