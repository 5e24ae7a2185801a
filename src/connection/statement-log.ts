import { performance } from '../clock.ts'
/** One statement that a session sent. */
export interface LoggedStatement {
  /** The statement, shortened to 500 characters, with passwords taken out. */
  readonly sql: string
  /** When it was sent. */
  readonly at: Date
  /** The same in ms since 1970, with fractions: what a time line sorts by. */
  readonly started: number
  /** How long the answer took, in ms; undefined while it is under way. */
  readonly durationMs: number | undefined
  /** Rows returned or changed. */
  readonly rows: number | undefined
  /** Number, or symbol where there is no number, of the error that it failed with. */
  readonly error: string | undefined
}

export interface PendingStatement {
  sql: string
  /** By performance.now(). */
  started: number
  durationMs: number | undefined
  rows: number | undefined
  error: string | undefined
}

const KEPT = 20
const SHOWN = 500

/** The last statements of one connection: what a failed test's report shows. */
export class StatementLog {
  readonly #statements: PendingStatement[] = []

  /** Notes a statement as sent; the caller fills in how it ended. */
  add(sql: string): PendingStatement {
    const statement: PendingStatement = {
      sql,
      started: performance.now(),
      durationMs: undefined,
      rows: undefined,
      error: undefined,
    }
    if (this.#statements.length === KEPT) this.#statements.shift()
    this.#statements.push(statement)
    return statement
  }

  /** Forgets them all. */
  clear(): void {
    this.#statements.length = 0
  }

  /** The last statements, oldest first. */
  read(): LoggedStatement[] {
    return this.#statements.map(({ sql, started, durationMs, rows, error }) => ({
      sql: printable(sql),
      at: new Date(performance.timeOrigin + started),
      started: performance.timeOrigin + started,
      durationMs,
      rows,
      error,
    }))
  }
}

const QUOTED = String.raw`(?:'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")`
// Where SQL carries secrets: account statements, and the URLs and options of IMPORT INTO, BACKUP and RESTORE.
const SECRETS: readonly [RegExp, string][] = [
  [new RegExp(String.raw`(\bidentified\s+(?:with\s+\S+\s+)?(?:by(?:\s+password)?|as)\s+)${QUOTED}`, 'gi'), "$1'***'"],
  [new RegExp(String.raw`(\bpassword\s*(?:for\s+\S+\s*)?[=(]\s*)${QUOTED}`, 'gi'), "$1'***'"],
  [/([?&](?:access-key|secret-access-key|session-token|sas-token|account-key|encryption-key)=)[^&'"\s]*/gi, '$1***'],
]

/** A statement fit to print: passwords and keys taken out, line breaks folded, shortened. */
export function printable(sql: string): string {
  const text = redact(sql, sql).replace(/\s+/g, ' ').trim()
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text
}

/** A text without the passwords and keys that a statement holds: servers quote statements in their errors. */
export function redact(text: string, sql: string): string {
  let clean = text
  for (const [pattern, replacement] of SECRETS) {
    for (const match of sql.matchAll(pattern)) {
      const secret = match[0].slice(match[1]?.length)
      if (secret.length > 2) clean = clean.replaceAll(secret, "'***'")
    }
    clean = clean.replace(pattern, replacement)
  }
  return clean
}
