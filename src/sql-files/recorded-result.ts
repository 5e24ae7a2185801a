import { readFileSync } from 'node:fs'
import type { Stage } from './script.ts'
import { SqlFileError } from './sql-file-error.ts'

/**
 * What is recorded of a file, each byte a character; nothing, if there is no file of it and one is to be recorded.
 *
 * @throws {SqlFileError} if it can't be read, or was changed to have other ends of lines.
 */
export function readRecorded({ resultFile, recording, file }: Stage): string {
  let text: string
  try {
    text = readFileSync(resultFile, 'latin1')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT' && recording) return ''
    throw new SqlFileError({ file, line: 1 }, `its recorded result can't be read: ${resultFile}`, {
      hints: ['record it with vitest -u, and read what was recorded'],
      cause,
    })
  }
  if (recording || !/\r\n/.test(text) || /(?<!\r)\n/.test(text)) return text
  throw new SqlFileError({ file: resultFile, line: 1 }, 'its lines end with CR LF, as no result of a server does', {
    hints: ['convert it to LF, and keep git from changing it: *.result -text in .gitattributes'],
  })
}
