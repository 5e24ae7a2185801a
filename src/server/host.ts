import type { Config } from '../config/config.ts'
import { ServerError } from '../errors.ts'
import type { TiDBServer } from './server.ts'

/** The configured host. It is not dialled here: that is what the workflow's states are for. */
export function useHost(config: Config): TiDBServer {
  const { host, port, statusPort, user, password } = config
  if (host === undefined) {
    throw new ServerError('TIDB_PROVIDER is host, and no host is configured', { hints: ['set TIDB_HOST or TIDB_URL'] })
  }
  // Not ours: there is nothing to stop.
  const stop = () => Promise.resolve()
  const place = { provider: 'host', host, port, statusPort, logFile: undefined, process: undefined } as const
  return {
    ...place,
    user,
    password,
    ours: false,
    description: 'the configured host',
    otherNodes: [],
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
