import { loadConfig, NONE, type Config } from '../config/config.ts'
import { NO_TLS } from '../config/session-settings.ts'
import { ConfigError, ServerError } from '../errors.ts'
import { useHost } from '../server/host.ts'
import type { TiDBServer } from '../server/server.ts'
import { keptNamed } from './kept-server.ts'

/**
 * The server that TIDB_REUSE names, and the configuration with its address.
 *
 * @throws {ServerError} if there is none of that name, or it does not run; {ConfigError} if another server is configured too.
 */
export function reusing(config: Config, name: string): { readonly config: Config; readonly kept: TiDBServer } {
  if (config.host !== undefined) {
    throw new ConfigError(['TIDB_REUSE', 'TIDB_HOST'], 'TIDB_REUSE names a server, and TIDB_HOST another', {
      hints: ['unset one of them'],
    })
  }
  const { kept, state } = keptNamed(name)
  if (kept?.up === undefined || state !== 'up') {
    throw new ServerError(`TIDB_REUSE names ${JSON.stringify(name)}, which is ${state}`, {
      hints: [`start it: npx vitest-tidb ${kept?.kind ?? 'server'} start ${name}`, 'or unset TIDB_REUSE'],
    })
  }
  const [first, ...otherNodes] = kept.up.nodes
  const { host: at, port, statusPort, logFile } = first
  const options = { provider: 'host', host: at, port, statusPort, user: 'root', password: '', ...NO_TLS } as const
  const own = loadConfig({ base: config, options, env: NONE, envFile: false }).config
  const description = `${kept.kind} ${name} (${first.description})`
  return { config: own, kept: { ...useHost(own), description, logFile, otherNodes } }
}
