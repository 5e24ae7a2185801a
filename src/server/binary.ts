import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { hostPort } from '../host-port.ts'
import { buildBinary, builtBinary } from './build.ts'
import { cacheFolder } from './cache.ts'
import { checksum } from './checksum.ts'
import { findBinary, type FoundBinary } from './find.ts'
import { startedServer, type Progress, type StartOptions, type TiDBServer } from './server.ts'
import { useTemplate } from './template-cache.ts'
import { TiDBProcess } from './tidb-process.ts'
import { Watchdog } from './watchdog.ts'
import { watchedFolder } from './watched-folder.ts'

/**
 * Starts a local tidb-server on unistore: found on this machine, else built into the cache.
 *
 * @throws {ServerError} if there is none and none can be built, or it does not start.
 */
export async function startBinary(config: Config, options: StartOptions): Promise<TiDBServer> {
  const progress = options.onProgress ?? (() => undefined)
  const { path, origin } = (await presentBinary(config, progress)) ?? {
    path: await buildBinary(config, options),
    origin: 'the cache, newly built',
  }
  const { serverArgs, serverConfig, startTimeoutMs } = config
  const watchdog = Watchdog.ofProcess()
  const { path: folder, remove: clear } = watchedFolder('vitest-tidb-server-')
  const start = { binary: path, folder, serverArgs, serverConfig, startTimeoutMs, watchdog, signal: options.signal }
  try {
    // Options may change what is written at the first start, which the template holds already.
    if (serverArgs.length === 0) await unpackTemplate(config, path, folder, options)
    const server = await TiDBProcess.start(start)
    const { host, port, statusPort, program } = server
    const { logFile, identity } = program
    const description = `tidb-server from ${origin}`
    progress(`started ${description} at ${hostPort(host, port)}`)
    return startedServer(
      { provider: 'binary', host, port, statusPort, logFile, description, process: identity },
      async () => {
        await server.stop()
        clear()
      },
    )
  } catch (error) {
    clear()
    throw error
  }
}

/** A tidb-server that is there already, found or built before; undefined if one would have to be built. */
export async function presentBinary(
  config: Config,
  progress: Progress = () => undefined,
): Promise<FoundBinary | undefined> {
  const found = await findBinary(config, progress)
  if (found !== undefined) return found
  const built = await builtBinary(config)
  return built === undefined ? undefined : { path: built, origin: 'the cache' }
}

/** Puts the data of a bootstrapped server where the new one will look: it then starts in a tenth of the time. */
async function unpackTemplate(config: Config, binary: string, folder: string, { signal }: StartOptions): Promise<void> {
  const { startTimeoutMs, serverConfig } = config
  const cache = cacheFolder(config)
  const program = await checksum(binary, cache)
  await useTemplate({
    cache,
    // A configuration file may change it too: each has a template of its own, by what is in it.
    key: serverConfig === undefined ? program : keyOf(program, readFileSync(serverConfig)),
    data: join(folder, 'data'),
    startTimeoutMs,
    signal,
    make: async (bootstrap, lost) => {
      const start = { binary, folder: bootstrap, serverArgs: [], serverConfig, startTimeoutMs }
      const server = await TiDBProcess.start({ ...start, watchdog: Watchdog.ofProcess(), signal: lost })
      await server.program.shutDown(startTimeoutMs)
      return join(bootstrap, 'data')
    },
  })
}

function keyOf(program: string, configuration: Uint8Array): string {
  return createHash('sha256').update(program).update(configuration).digest('hex')
}
