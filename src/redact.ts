import { SqlScanner } from './sql-scanner.ts'
import { secretsByContext, secretsOfStatement, type Span } from './sql-secrets.ts'
import { harmless } from './terminal-text.ts'
import { optionsOf, userInfoOf } from './url-secrets.ts'

const MASK = '***'
const SHOWN = 500
/** More of a statement than is ever shown; what a cut leaves open counts as secret. */
const READ = 65_536

/** A statement fit to print: without passwords and keys, on one line, at most 500 characters. */
export function printable(sql: string): string {
  const head = sql.slice(0, READ)
  const text = harmless(redact(masked(head, secretsOfStatement(head))).replace(/\s+/g, ' ')).trim()
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text
}

// A number that is no part of a name.
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy

/** A statement with `?` for each text and number in it, and without comments. Takes time in proportion to it. */
export function withoutLiterals(sql: string): string {
  const scanner = new SqlScanner(sql.slice(0, READ))
  const { text } = scanner
  let clean = ''
  for (let at = 0; at < text.length;) {
    const past = scanner.skipBlank(at)
    if (past > at) {
      clean += ' '
      at = past
      continue
    }
    NUMBER.lastIndex = at
    const number = scanner.hex(at) || (NUMBER.exec(text)?.[0] ?? '')
    const end = scanner.literal(at)?.end ?? at + number.length
    if (end > at) {
      clean += '?'
      at = end
      continue
    }
    const word = scanner.word(at)
    const next = word === '' ? scanner.pastOther(at) : at + word.length
    clean += text.slice(at, next)
    at = next
  }
  return clean
}

/**
 * What a server, a job or a name says, fit for a terminal and for the log of a CI system: lines stay lines; without
 * passwords, without what would move a cursor or turn the writing direction, and without workflow commands.
 */
export function fitToPrint(text: string): string {
  return harmless(redact(text))
}

/**
 * A text without passwords and keys, as SQL and URLs hold them: what a server, a job or a log says. A text that went
 * through comes through unchanged, and it takes time in proportion to its length.
 */
export function redact(text: string): string {
  if (!MAY_HOLD_SECRETS.test(text)) return text
  let clean = text
  for (const find of [secretsByContext, userInfoOf, optionsOf]) clean = masked(clean, find(clean))
  return clean
}

/** The same, and without what a statement holds: servers quote the end of it, where nothing says what it was. */
export function redactQuoting(text: string, sql: string): string {
  let clean = text
  for (const secret of secretsOf(sql)) {
    // Less would be found in any word.
    if (secret.length < SHORTEST) continue
    clean = clean.replaceAll(secret, MASK)
    // Servers cut what they quote.
    const cut = secret.length > BEGINNING ? clean.indexOf(secret.slice(0, BEGINNING)) : -1
    if (cut !== -1) clean = `${clean.slice(0, cut)}${MASK}`
  }
  return redact(clean)
}

const SHORTEST = 3
const BEGINNING = 8
const MAY_HOLD_SECRETS = /identified|password|authentication_string|:\\*\/|%(?:25)*3a|[?&;][\w%.-]+=|%26|\\u0026/i

function secretsOf(sql: string): Set<string> {
  if (!MAY_HOLD_SECRETS.test(sql) && !/\buser\b|\bgrant\b/i.test(sql)) return new Set()
  const spans = [...secretsOfStatement(sql), ...secretsByContext(sql), ...userInfoOf(sql), ...optionsOf(sql)]
  const quoted = spans.map(([from, to]) => sql.slice(from, to)).filter((secret) => secret !== MASK)
  const bare = quoted.map((secret) => secret.replace(/\\(.)|''|""/gs, (pair, next: string) => next ?? pair[0]))
  // Longer ones first: one may begin with another.
  return new Set([...quoted, ...bare].sort((a, b) => b.length - a.length))
}

/** A text with *** in these places. */
function masked(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text
  let clean = ''
  let end = 0
  for (const [from, to] of spans) {
    if (from < end) continue
    clean += text.slice(end, from) + MASK
    end = to
  }
  return clean + text.slice(end)
}
