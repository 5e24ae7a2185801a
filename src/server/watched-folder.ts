import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Watchdog } from './watchdog.ts'

/** A new folder in the system's temp folder; it goes with this process, however that ends. @param name what it begins with. */
export function watchedFolder(name: string): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), name))
  const release = Watchdog.ofProcess().watch({ kind: 'folder', path })
  return {
    path,
    remove() {
      rmSync(path, { recursive: true, force: true, maxRetries: 5 })
      release()
    },
  }
}
