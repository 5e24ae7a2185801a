import { extensions } from './extensions.ts'
import { SqlFileError } from './sql-file-error.ts'
import type { SqlFileKind, SqlScript } from './script.ts'
import { isSlt, sltFile } from './slt-file.ts'
import { testFile } from './test-file.ts'

/** Every kind of file of SQL there is. One more needs no more than its place here, and its extension in extensions.ts. */
const kinds: readonly SqlFileKind[] = [testFile, sltFile]

/**
 * Reads a file of SQL, by the kind that its name tells; one that begins as `.slt` files do is one, whatever its name.
 *
 * @param bytes what is in it.
 * @throws {SqlFileError} with the line of what can't be read.
 */
export function readSqlFile(bytes: Uint8Array, file: string): SqlScript {
  const kind = kinds.find(({ extension }) => file.endsWith(extension))
  if (kind === undefined) {
    throw new SqlFileError({ file, line: 1 }, `files of SQL end with ${extensions.join(' or ')}`)
  }
  const text = textOf(bytes, file)
  // SQLite and DuckDB call theirs `.test` as well.
  return (isSlt(text) ? sltFile : kind).read(text, file)
}

function textOf(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    const before = new TextDecoder().decode(bytes).split('\u{fffd}', 1)[0] ?? ''
    throw new SqlFileError({ file, line: before.split('\n').length }, 'the file is not UTF-8 from here on', {
      hints: ['convert it, such as with: iconv -f latin1 -t utf8'],
      cause,
    })
  }
}
