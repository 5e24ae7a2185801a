import { mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder, and those above it that are missing. Not by `mkdir` with `recursive`: below a virtual file system,
 * such as /proc, Node tries for ever.
 *
 * @throws the error of the file system.
 */
export function makeFolder(path: string): void {
  const missing: string[] = []
  for (let at = resolve(path); !madeOrThere(at); at = dirname(at)) missing.unshift(at)
  for (const each of missing) {
    if (!madeOrThere(each)) mkdirSync(each)
  }
}

/** Whether it is there now; false if what is above it is missing. */
function madeOrThere(path: string): boolean {
  try {
    mkdirSync(path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && dirname(path) !== path) return false
    // Systems differ in what they say of one that is there, such as the root of a disk, or one that is read-only.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return true
    throw error
  }
}
