import type { Span } from './sql-secrets.ts'

/** The values of options in URLs that are secrets: `?access-key=…`, however its name is written. */
export function optionsOf(text: string): Span[] {
  const spans: Span[] = []
  const option = /(?:[?&;]|%26|\\u0026)([\w%.+~-]{1,120})=/gi
  const value = /(?:(?!\\u0026|%26)[^&'"`\s\\]|\\(?!u0026)(?!["']))*/gy
  for (let found = option.exec(text); found !== null; found = option.exec(text)) {
    if (!isSecretOption(found[1] ?? '')) {
      // The name may itself end in an encoded separator, and the value hold a URL with options of its own.
      option.lastIndex = found.index + 1
      continue
    }
    const from = option.lastIndex
    value.lastIndex = from
    value.exec(text)
    let to = value.lastIndex
    // An & that somebody forgot to encode.
    for (let rest = stray(text, to); rest > to; rest = stray(text, to)) to = rest
    spans.push([from, to])
    option.lastIndex = to
  }
  return spans
}

const STRAY = /&[^&=;'"`\s\\]*(?=[&'"`\s]|$)/y

function stray(text: string, at: number): number {
  STRAY.lastIndex = at
  return at + (STRAY.exec(text)?.[0].length ?? 0)
}

function isSecretOption(name: string): boolean {
  let plain = name
  try {
    plain = decodeURIComponent(name)
  } catch {
    // Not encoded, then.
  }
  return /(?:key|keyid|key-id|secret|token|passw(?:or)?d|pwd|credentials?|sig|signature|auth)$/.test(
    plain.toLowerCase().replaceAll('_', '-'),
  )
}

/** What separates scheme and authority, as JSON escapes it and percent-encoded as well, any number of times. */
const SEPARATOR = /(?::|%((?:25){0,5})3a)(?:\\{0,3}\/|%(?:25){0,5}2f){2}/gi
// Some quotes are allowed in user information: those within a word.
const REST = /(?:[^\s'"`<>]|'{1,2}(?=\w))*/y
const AUTHORITY = /(?:[^\s'"`<>/?#\\]|'{1,2}(?=\w))*/y
const SCHEME = /[a-z][a-z\d+.-]{0,30}$/i
/** Their user is the name of an account, which is no secret; that of any other may be a token or the id of a key. */
const ACCOUNTS =
  /^(?:mysqlx?|tidb|mariadb|postgres(?:ql)?|(?:git\+|svn\+)?ssh|sftp|scp|ftps?|mongodb(?:\+srv)?|rediss?|amqps?|smtps?|ldaps?)$/
/** Here it is a token as often as not, and what stands for its password a mere filler. */
const TOKENS = /(?:^|\+)https?$/

/** The passwords and tokens before the host of a URL: `s3://user:***@bucket`, `https://***@git.example`. */
export function userInfoOf(text: string): Span[] {
  const spans: Span[] = []
  const separator = new RegExp(SEPARATOR)
  let restEnd = 0
  let lastAt = -1
  for (let found = separator.exec(text); found !== null; found = separator.exec(text)) {
    const [, encoded] = found
    const start = separator.lastIndex
    const before = text.slice(Math.max(0, found.index - 32), found.index)
    const scheme = SCHEME.exec(before)?.[0].toLowerCase() ?? ''
    let span: Span | undefined
    if (encoded === undefined) {
      if (start >= restEnd) {
        restEnd = endOf(REST, text, start)
        const at = text.slice(start, restEnd).lastIndexOf('@')
        lastAt = at === -1 ? -1 : start + at
      }
      span = userInfoAt(text, start, lastAt, scheme)
    } else span = encodedAt(text, start, encoded, scheme)
    if (span === undefined) continue
    spans.push(span)
    separator.lastIndex = span[1]
  }
  return spans
}

function userInfoAt(text: string, start: number, lastAt: number, scheme: string): Span | undefined {
  if (lastAt < start) return undefined
  const authority = text.slice(start, endOf(AUTHORITY, text, start))
  const at = start + authority.lastIndexOf('@')
  const colon = text.indexOf(':', start)
  const hasPassword = colon !== -1 && colon < lastAt
  // A / in a password that nobody encoded ends the authority too early.
  const end = hasPassword ? lastAt : at
  if (at < start) return hasPassword ? [colon + 1, end] : undefined
  const from = secretFrom(start, hasPassword && colon < at ? colon + 1 : undefined, scheme)
  return from === undefined ? undefined : [from, end]
}

/** The same of a URL that is itself percent-encoded, so often: `%3A%2F%2F`, `%253A%252F%252F`. */
function encodedAt(text: string, start: number, times: string, scheme: string): Span | undefined {
  const info = new RegExp(`(?:(?!%${times}(?:2f|3f|23))[^\\s'"\`<>&/?#\\\\])*(?=@|%${times}40)`, 'iy')
  const end = endOf(info, text, start)
  if (end <= start) return undefined
  const colon = new RegExp(`:|%${times}3a`, 'i').exec(text.slice(start, end))
  const from = secretFrom(start, colon === null ? undefined : start + colon.index + colon[0].length, scheme)
  return from === undefined ? undefined : [from, end]
}

/** Where the secret in user information begins; undefined if there is none. @param password where the password does. */
function secretFrom(start: number, password: number | undefined, scheme: string): number | undefined {
  if (TOKENS.test(scheme)) return start
  return password ?? (ACCOUNTS.test(scheme) ? undefined : start)
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.exec(text) === null ? -1 : pattern.lastIndex
}
