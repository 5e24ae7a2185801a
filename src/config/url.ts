import { ConfigError } from '../errors.ts'
import type { Settings } from './settings.ts'

const PROTOCOLS = ['mysql:', 'tidb:']
const FOREIGN = /^(?:https?|jdbc|mariadb|mongodb|mysqlx|postgres|postgresql|redis|sqlite|tcp):$/
const PARAMETERS = 'tls, ssl, sslaccept, timezone'
// Other names are not repeated: they may be the end of a password.
const TLS_PARAMETER = /^(?:ssl|tls)[-_a-z]{1,20}$/i

/**
 * The parts of a TIDB_URL. `tls` is read from the query as `tls=true`, and from the forms that TiDB Cloud hands out
 * for other clients: `ssl=…` and `sslaccept=strict`. `timezone=Z`, as `connectionUri` has it, says what holds anyway.
 *
 * @param origin where it was given, such as `.env`; undefined if that is not known. @param name of its setting.
 * @throws {ConfigError} that never repeats the URL: it may hold a password.
 */
export function parseUrl(text: string, origin: string | undefined, name = 'TIDB_URL'): Settings {
  const called = origin === undefined ? name : `${name} (${origin})`
  const refuse = (why: string) =>
    new ConfigError([name], `${called} ${why}; its value is not shown, as it may hold a password`, {
      hints: ['write mysql://user:password@host:port/database, with special characters percent-encoded'],
    })
  const url = URL.parse(text)
  if (url === null) throw refuse('is not a URL')
  if (!PROTOCOLS.includes(url.protocol)) {
    // What stands before the colon may also be half of a user:password.
    const named = FOREIGN.test(url.protocol) ? `${url.protocol}//` : 'another protocol'
    throw refuse(`begins with ${named}, not mysql:// or tidb://`)
  }
  // Else the URL ends its host there, and takes the rest of the password for a database or a parameter.
  const [, afterHost = ''] = /^[a-z]+:\/\/[^/?#]*(.*)$/is.exec(text.trim()) ?? []
  if (url.hash !== '' || afterHost.includes('@')) throw refuse('has a /, ? or # that is not percent-encoded')
  if (url.hostname === '') throw refuse('names no host')
  const parts: { -readonly [Name in keyof Settings]: Settings[Name] } = { host: url.hostname.replace(/^\[|\]$/g, '') }
  try {
    if (url.port !== '') parts.port = Number(url.port)
    if (url.username !== '') parts.user = decodeURIComponent(url.username)
    if (url.password !== '') parts.password = decodeURIComponent(url.password)
    if (url.pathname.length > 1) parts.database = decodeURIComponent(url.pathname.slice(1))
  } catch {
    throw refuse('has a percent sign that encodes nothing')
  }
  for (const [parameter, value] of url.searchParams) {
    if (parameter === 'tls' || parameter === 'ssl')
      parts.tls = !['false', '0', 'off', 'no'].includes(value.toLowerCase())
    else if (parameter === 'sslaccept') parts.tls = true
    // As `connectionUri` has it, for the driver of an application. Sessions are in UTC without it.
    else if (parameter === 'timezone' && value === 'Z') continue
    else if (parameter === 'timezone') throw refuse('has a timezone that is not Z: sessions are in UTC')
    else if (TLS_PARAMETER.test(parameter))
      throw refuse(`has the parameter "${parameter}", which is not one of ${PARAMETERS}`)
    else throw refuse(`has a parameter that is not one of ${PARAMETERS}`)
  }
  return parts
}
