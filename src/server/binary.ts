import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { isFaultOfDisk } from '../file-fault.ts'
import { hostPort } from '../host-port.ts'
import { buildBinary, builtBinary } from './build.ts'
import { cacheFolder, makeCacheFolder } from './cache.ts'
import { checksum, clearUnfinished } from './checksum.ts'
import { findBinary, type FoundBinary } from './find.ts'
import { STALE_AFTER_MS, withLock } from './lock.ts'
import { clearUnused, noteUse } from './unused.ts'
import { startedServer, type Progress, type StartOptions, type TiDBServer } from './server.ts'
import { pack, TEMPLATE_FORMAT, unpack } from './template.ts'
import { TiDBProcess } from './tidb-process.ts'
import { Watchdog } from './watchdog.ts'

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
  const folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-server-'))
  const release = watchdog.watch({ kind: 'folder', path: folder })
  const clear = () => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    release()
  }
  const start = { binary: path, folder, serverArgs, serverConfig, startTimeoutMs, watchdog, signal: options.signal }
  try {
    // Options may change what is written at the first start, which the template holds already.
    const plain = serverArgs.length === 0 && serverConfig === undefined
    if (plain) await unpackTemplate(config, path, folder, options)
    const server = await TiDBProcess.start(start)
    const { host, port, statusPort, logFile, identity } = server
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

/** Names of templates: the checksum of a binary, and the format. */
const TEMPLATE = /^[0-9a-f]{16}-\d+$/

/** Puts the data of a bootstrapped server where the new one will look: it then starts in a tenth of the time. */
async function unpackTemplate(config: Config, binary: string, folder: string, { signal }: StartOptions): Promise<void> {
  const cache = cacheFolder(config)
  const sum = await checksum(binary, cache)
  const templates = makeCacheFolder(join(cache, 'templates'))
  const template = join(templates, `${sum.slice(0, 16)}-${TEMPLATE_FORMAT}`)
  const data = join(folder, 'data')
  if (tryUnpack(template, data)) return
  // However short a start may take: what a process left that died at it is taken over in the meantime.
  const withinMs = STALE_AFTER_MS + 2 * config.startTimeoutMs
  const waitedFor = 'another process to bootstrap tidb-server'
  await withLock(templates, { withinMs, waitedFor, signal }, async (lost) => {
    if (tryUnpack(template, data)) return
    clearUnfinished(templates)
    clearUnused(templates, TEMPLATE)
    const either = signal === undefined ? lost : AbortSignal.any([signal, lost])
    await makeTemplate(config, binary, template, either)
  })
  if (!existsSync(data)) unpack(template, data)
}

function tryUnpack(template: string, data: string): boolean {
  if (!existsSync(template)) return false
  noteUse(template)
  try {
    unpack(template, data)
    return true
  } catch (error) {
    rmSync(data, { recursive: true, force: true })
    if (isFaultOfDisk(error)) throw error
    // A damaged template is made anew.
    return false
  }
}

async function makeTemplate(
  config: Config,
  binary: string,
  template: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const watchdog = Watchdog.ofProcess()
  const folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-bootstrap-'))
  const release = watchdog.watch({ kind: 'folder', path: folder })
  try {
    const { startTimeoutMs } = config
    const start = { binary, folder, serverArgs: [], serverConfig: undefined, startTimeoutMs, watchdog, signal }
    const server = await TiDBProcess.start(start)
    await server.shutDown(startTimeoutMs)
    pack(join(folder, 'data'), template)
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    release()
  }
}
