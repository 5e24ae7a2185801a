import type { Config } from '../config/config.ts'
import { firstLine, ServerError, TiDBError } from '../errors.ts'
import { useHost } from './host.ts'
import type { StartOptions, TiDBServer } from './server.ts'

/**
 * Finds or starts a TiDB: the host if one is configured, else a container, else a local tidb-server. What was asked
 * for by name is never replaced by something else.
 *
 * @throws {ServerError} if none can be had: it lists each way, why not here, and how to make it work.
 */
export async function startServer(config: Config, options: StartOptions = {}): Promise<TiDBServer> {
  switch (config.provider) {
    case 'host':
      return useHost(config)
    case 'container':
      return container(config, options)
    case 'binary':
      return binary(config, options)
    case 'cluster':
      return cluster(config, options)
    case 'auto':
      return config.host === undefined ? firstOf(config, options) : useHost(config)
  }
}

async function firstOf(config: Config, options: StartOptions): Promise<TiDBServer> {
  const failures: { way: string; error: TiDBError }[] = []
  for (const [way, start] of Object.entries({ container, binary })) {
    try {
      return await start(config, options)
    } catch (error) {
      if (!(error instanceof TiDBError)) throw error
      failures.push({ way, error })
      options.onProgress?.(`no ${way}: ${firstLine(error)}`)
    }
  }
  const ways = [
    '  host: TIDB_HOST is not set\n    try: set TIDB_HOST (or TIDB_URL) to a running TiDB',
    ...failures.map(({ way, error }) => `  ${way}: ${error.message.replaceAll('\n', '\n  ')}`),
  ]
  throw new ServerError(`no TiDB could be found or started here:\n${ways.join('\n')}`, {
    cause: new AggregateError(failures.map(({ error }) => error)),
  })
}

// Loaded only when they are used: a run against a host needs neither.
async function container(config: Config, options: StartOptions): Promise<TiDBServer> {
  return (await import('./container.ts')).startContainer(config, options)
}

async function cluster(config: Config, options: StartOptions): Promise<TiDBServer> {
  return (await import('./cluster/run-cluster.ts')).startRunCluster(config, options)
}

async function binary(config: Config, options: StartOptions): Promise<TiDBServer> {
  return (await import('./binary.ts')).startBinary(config, options)
}
