import { readFileSync } from 'node:fs'
import { SqlFileError } from './sql-file-error.ts'
import { readSqlFile } from './kinds.ts'
import { moduleOf } from './module.ts'
import { resultFileOf } from './places.ts'

/**
 * What Vite is to load in the place of a file of SQL.
 *
 * @param watch is told of further files that it is made of.
 */
export function loadSqlFile(
  file: string,
  watch: (path: string) => void,
): { readonly code: string; readonly map: null } {
  for (const newCollation of [true, false]) watch(resultFileOf(file, newCollation))
  try {
    const script = readSqlFile(readFileSync(file), file)
    for (const path of script.includes) watch(path)
    return { code: moduleOf(file, script), map: null }
  } catch (error) {
    if (!(error instanceof SqlFileError)) throw error
    // Read once more by its test module, where the error is that of the file.
    return { code: moduleOf(file, undefined), map: null }
  }
}
