import { SqlScanner } from './sql-scanner.ts'

/** From where to where a secret is in a text. */
export type Span = readonly [from: number, to: number]

const TRIGGER = /\b(?:identified|(?:old_)?password|authentication_string)\b/gi
/** What may stand between `identified` and its secrets, and between them. */
const CHAIN = new Set(['by', 'as', 'using', 'replace', 'password', 'random', 'initial', 'authentication'])
const MOST_NAME = 100
/** More than any statement has between two secrets. */
const MOST_WORDS = 20

/**
 * Secrets by what stands before them, anywhere in a text: `identified by '…' replace '…'`, `set password for u = '…'`,
 * `password('…')`, with whatever comments between.
 */
export function secretsByContext(text: string): Span[] {
  const spans: Span[] = []
  const scanner = new SqlScanner(text)
  TRIGGER.lastIndex = 0
  for (let found = TRIGGER.exec(text); found !== null; found = TRIGGER.exec(text)) {
    const at = found.index + found[0].length
    const end = /^identified$/i.test(found[0]) ? afterIdentified(scanner, at, spans) : afterPassword(scanner, at, spans)
    TRIGGER.lastIndex = Math.max(at, end)
  }
  return spans
}

function afterIdentified(scanner: SqlScanner, start: number, spans: Span[]): number {
  let end = start
  let words = 0
  for (let at = scanner.skipBlank(start); words < MOST_WORDS; at = scanner.skipBlank(at)) {
    // Right after another, a quote is that of the text around.
    const literal = at === end && end > start ? undefined : scanner.literal(at)
    if (literal !== undefined) {
      spans.push([literal.from, literal.to])
      at = end = literal.end
      words = 0
      continue
    }
    const hex = scanner.hex(at)
    if (hex !== '') {
      spans.push([at, at + hex.length])
      at = end = at + hex.length
      continue
    }
    words += 1
    const word = scanner.word(at).toLowerCase()
    if (word === 'with') at = afterName(scanner, scanner.skipBlank(at + word.length))
    else if (CHAIN.has(word)) at += word.length
    else if (scanner.text.startsWith('/*', at)) at = afterExecutable(scanner.text, at)
    else return end
  }
  return end
}

function afterPassword(scanner: SqlScanner, start: number, spans: Span[]): number {
  const { text } = scanner
  // "password": "…", as JSON has it.
  const quote = /^\\*["'`]/.exec(text.slice(start, start + 10))?.[0] ?? ''
  let at = scanner.skipBlank(start + quote.length)
  if (/^for$/i.test(scanner.word(at))) {
    at = afterName(scanner, scanner.skipBlank(at + 'for'.length))
    at = scanner.skipBlank(at)
    if (text[at] === '@') at = scanner.skipBlank(afterName(scanner, scanner.skipBlank(at + 1)))
    if (text.startsWith('()', at)) at = scanner.skipBlank(at + 2)
  }
  const sign = /^(?::=|[=(:]|to\b)/i.exec(text.slice(at, at + 3))?.[0]
  if (sign === undefined) return start
  at = scanner.skipBlank(at + sign.length)
  let end = start
  for (;;) {
    const literal = at === end ? undefined : scanner.literal(at)
    if (literal === undefined) return end
    spans.push([literal.from, literal.to])
    end = literal.end
    at = scanner.skipBlank(end)
  }
}

/** Past the name of a plugin or an account, quoted or not. */
function afterName(scanner: SqlScanner, at: number): number {
  const word = scanner.word(at)
  if (word !== '' && scanner.literal(at) === undefined) return at + word.length
  const end = scanner.literal(at)?.end ?? (scanner.text[at] === '`' ? scanner.pastOther(at) : at)
  return end - at > MOST_NAME ? at : end
}

/** Past the beginning of a comment that is carried out: `/*!50706`. */
function afterExecutable(text: string, at: number): number {
  return at + (/^\/\*T?!(?:\[[^\]]{0,50}\])?\d{0,6}/.exec(text.slice(at, at + 70))?.[0].length ?? 2)
}

const ACCOUNT = /\b(?:identif|user|password|grant)/i
/** After these, a quoted text names an account or a plugin. */
const NAMES = new Set(['user', 'exists', 'for', 'to', 'from', 'with', 'role', 'roles'])

/**
 * Secrets of a whole statement: in one about accounts, every quoted text but the names of accounts and plugins, however
 * the rest is spelled.
 */
export function secretsOfStatement(sql: string): Span[] {
  const spans: Span[] = []
  if (!ACCOUNT.test(sql)) return spans
  const scanner = new SqlScanner(sql)
  let words: string[] = []
  let secretive = false
  let before = ''
  for (let at = scanner.skipBlank(0); at < sql.length; at = scanner.skipBlank(at)) {
    const literal = scanner.literal(at)
    if (literal !== undefined) {
      const isName = before === '@' || NAMES.has(before) || sql[scanner.skipBlank(literal.end)] === '@'
      if (secretive && !isName) spans.push([literal.from, literal.to])
      at = literal.end
      before = "'"
      continue
    }
    const word = scanner.word(at).toLowerCase()
    const hex = secretive ? scanner.hex(at) : ''
    if (word === '' && hex === '') {
      if (sql[at] === ';') {
        words = []
        secretive = false
      }
      before = sql[at] as string
      at = scanner.text.startsWith('/*', at) ? afterExecutable(sql, at) : scanner.pastOther(at)
      continue
    }
    if (hex !== '') spans.push([at, at + hex.length])
    // A password that somebody forgot to quote.
    else if (secretive && before === 'by' && word !== 'password' && word !== 'random') {
      const bare = /^[^\s,;()]+/.exec(sql.slice(at, at + 1_000))?.[0] ?? word
      spans.push([at, at + bare.length])
      at += bare.length - word.length
    }
    if (words.length < 4) words.push(word)
    secretive ||= word === 'identified' || isAboutAccounts(words)
    before = word
    at += hex.length || word.length
  }
  return spans
}

function isAboutAccounts(words: readonly string[]): boolean {
  return /^(?:(?:create|alter)(?: or replace)? user|set password|grant)$/.test(words.join(' '))
}
