import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { ConfigError } from '../errors.ts'
import { releaseConfig, startBaseline } from '../server/baseline.ts'
import type { Progress } from '../server/server.ts'
import { watchedFolder } from '../server/watched-folder.ts'
import type { ProvidedSqlFiles } from './provided.ts'
import { SqlServers } from './servers.ts'

interface SqlBaseline {
  readonly provided: Required<Pick<ProvidedSqlFiles, 'baseline'>>
  stop(): Promise<void>
}

/**
 * Starts what files of SQL run on beside: so many servers of a release, or else one that they take turns on.
 *
 * @throws {ConfigError} if no baseline is configured. {ServerError} if it can't be had.
 */
export async function beginBaseline(config: Config, count: number, tell: Progress): Promise<SqlBaseline> {
  const log = (line: string) => tell(`baseline: ${line}`)
  const { baseline, baselineUrl } = config
  if (baselineUrl === undefined && baseline !== undefined && 'release' in baseline) {
    const servers = await SqlServers.start(releaseConfig(config, baseline.release), count, log)
    return { provided: { baseline: { serversDir: servers.path } }, stop: () => servers.stop() }
  }
  const server = await startBaseline(config, { onProgress: log })
  if (server === undefined) {
    throw new ConfigError(['TIDB_BASELINE'], 'sqlFiles.baseline is true, and there is no server to compare with', {
      hints: ['set TIDB_BASELINE to a release such as v8.5.4, or TIDB_BASELINE_URL to a server that is there'],
    })
  }
  const { path: folder, remove } = watchedFolder('vitest-tidb-baseline-')
  const settingsFile = join(folder, 'settings')
  writeFileSync(settingsFile, JSON.stringify(server.settings), { mode: 0o600 })
  return {
    provided: { baseline: { settingsFile } },
    async stop() {
      remove()
      await server.stop()
    },
  }
}
