import { printable } from '../redact.ts'
import { ImportJobError } from '../errors.ts'

/**
 * An IMPORT INTO statement with DETACHED among its options, so that the server answers with the job at once.
 * https://docs.pingcap.com/tidb/stable/sql-statement-import-into/
 *
 * @throws {ImportJobError} if it is no IMPORT INTO, or one FROM SELECT, which makes no job.
 */
export function detached(sql: string): string {
  // As long as the statement, with quoted text and comments masked: what is left is keywords and names.
  const bare = sql.replace(QUOTED_OR_COMMENT, (text) => (/^['"`]/.test(text) ? '?' : ' ').repeat(text.length))
  if (!/^\s*import\s+into\b/i.test(bare)) {
    throw new ImportJobError(undefined, `not an IMPORT INTO statement: ${printable(sql)}`, {
      hints: ['start() takes IMPORT INTO; send other statements with tidb.query()'],
    })
  }
  if (/\bfrom\s*\(?\s*(?:select|with|table|values)\b/i.test(bare)) {
    throw new ImportJobError(undefined, `IMPORT INTO … FROM SELECT creates no job to watch: ${printable(sql)}`, {
      hints: ['send it with tidb.query(): the server answers once it is done'],
    })
  }
  const end = bare.replace(/[\s;]+$/, '').length
  const statement = sql.slice(0, end)
  const options = /\bwith\b(?!.*\bwith\b)/is.exec(bare)
  if (options === null) return `${statement} WITH DETACHED`
  if (/\bdetached\b/i.test(bare.slice(options.index))) return statement
  return `${statement}, DETACHED`
}

const QUOTED_OR_COMMENT = /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`|\/\*.*?\*\/|(?:--\s|#)[^\n]*/gs
