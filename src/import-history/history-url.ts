import type { Config } from '../config/config.ts'
import { Secret } from '../config/secret.ts'
import { defaults } from '../config/settings.ts'
import { parseUrl } from '../config/url.ts'
import type { Address } from '../connection/connection.ts'
import { ConfigError } from '../errors.ts'

const NAME = 'TIDB_IMPORT_HISTORY_URL'

/** The settings that say where the history is. */
export type HistorySettings = Partial<
  Pick<Config, 'importHistoryDir' | 'importHistoryUrl' | 'connectTimeoutMs' | 'tlsMaterial'>
>

/** Where a history is, and as whom to go there. */
export interface HistoryAddress extends Address {
  readonly database: string
}

/** @throws {ConfigError} that does not show the URL. */
export function parseHistoryUrl(
  url: Secret,
  { connectTimeoutMs = defaults.connectTimeoutMs, tlsMaterial }: HistorySettings,
): HistoryAddress {
  const { host, port, user, password, database, tls } = parseUrl(url.reveal(), undefined, NAME)
  if (database === undefined || host === undefined) {
    throw new ConfigError([NAME], `${NAME} names no database; its value is not shown, as it may hold a password`, {
      hints: ['write mysql://user:password@host:port/database: the table import_history is created in it'],
    })
  }
  // The authority of a company signs more than one server; a client certificate is for one of them.
  const ca = tlsMaterial?.ca
  return {
    host,
    port: Number(port ?? defaults.port),
    user: user ?? defaults.user,
    password: new Secret(typeof password === 'string' ? password : ''),
    database,
    connectTimeoutMs,
    ...(tls === true && { tlsMaterial: ca === undefined ? {} : { ca } }),
  }
}
