import { randomUUID } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'

/**
 * Writes a file that is there whole or not at all, in the place of an earlier one: another process may read it this very
 * moment.
 *
 * @param mode of the file, if it is not for everybody.
 * @throws the error of the file system.
 */
export function writeWhole(path: string, text: string | Uint8Array, mode?: number): void {
  const partial = `${path}.${randomUUID()}.partial`
  try {
    writeFileSync(partial, text, { mode })
    renameSync(partial, path)
  } catch (error) {
    // A full disk need not keep half of it.
    rmSync(partial, { force: true })
    throw error
  }
}
