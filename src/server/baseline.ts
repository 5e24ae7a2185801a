import { loadConfig, NONE, type Config } from '../config/config.ts'
import { parseUrl } from '../config/url.ts'
import type { Settings } from '../config/settings.ts'
import { startServer } from './choose.ts'
import type { StartOptions } from './server.ts'

const MYSQL_PORT = 3306

/** The server that a run is compared with. */
export interface Baseline {
  /** Where and as whom to connect, password in the clear. */
  readonly settings: Settings
  /** True if we started it, and so may do with it what we like. */
  readonly ours: boolean
  stop(): Promise<void>
}

/** The configuration of a server of another release, started as the run starts its own. */
export function releaseConfig(config: Config, version: string): Config {
  const { host: _, image: _image, serverBin: _bin, reuse: _reuse, ...own } = config
  const provider = own.provider === 'host' ? 'auto' : own.provider
  return { ...own, provider: provider === 'cluster' ? 'binary' : provider, version }
}

/**
 * Finds or starts the server that a run is compared with; undefined if none is configured. TIDB_BASELINE_URL goes before
 * TIDB_BASELINE.
 *
 * @throws {ConfigError} that does not repeat the URL: it may hold a password. {ServerError} if the server can't be had.
 */
export async function startBaseline(config: Config, options: StartOptions = {}): Promise<Baseline | undefined> {
  const { baseline, baselineUrl } = config
  if (baselineUrl !== undefined) {
    const settings = { port: MYSQL_PORT, ...parseUrl(baselineUrl.reveal(), undefined, 'TIDB_BASELINE_URL') }
    loadConfig({ options: settings, env: NONE, envFile: false })
    return { settings, ours: false, stop: () => Promise.resolve() }
  }
  if (baseline === undefined) return undefined
  if ('mysql' in baseline) return (await import('./mysql-container.ts')).startMySQL(config, baseline.mysql, options)
  const server = await startServer(releaseConfig(config, baseline.release), options)
  const { host, port, statusPort } = server
  return { settings: { host, port, statusPort, user: 'root', password: '' }, ours: true, stop: () => server.stop() }
}
