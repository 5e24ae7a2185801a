import { randomUUID } from 'node:crypto'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { ServerError } from '../errors.ts'
import { hostPort } from '../host-port.ts'
import { removeContainers, RUN_LABEL } from './container-label.ts'
import { requireDocker } from './docker.ts'
import { DEFAULT_RELEASE } from './releases.ts'
import { haveImage } from './image.ts'
import { STOP_WITHIN_MS } from './teardown.ts'
import { withoutReaper } from './testcontainers.ts'
import { indentedTail } from './readiness.ts'
import { startedServer, type StartOptions, type TiDBServer } from './server.ts'
import type { StartedTiDBContainer } from './tidb-container.ts'
import { inTime } from '../wait.ts'
import { Watchdog } from './watchdog.ts'

/**
 * Starts a TiDB in a container.
 *
 * @throws {ServerError} if no Docker engine answers, testcontainers is not installed, or the engine neither has the image
 * nor can pull it.
 */
export async function startContainer(
  config: Config,
  { signal, onProgress = () => undefined }: StartOptions,
): Promise<TiDBServer> {
  const image = config.image ?? `pingcap/tidb:${config.version ?? DEFAULT_RELEASE}`
  await requireDocker()
  await haveImage(image, config.pullTimeoutMs, signal, onProgress)

  const watchdog = Watchdog.ofProcess()
  const run = randomUUID()
  const folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-container-'))
  const releases = [
    watchdog.watch({ kind: 'folder', path: folder }),
    // By its label: the container may be created at the very moment this process is killed.
    watchdog.watch({ kind: 'containers', label: `${RUN_LABEL}=${run}` }),
  ]
  const clear = () => {
    rmSync(folder, { recursive: true, force: true })
    for (const release of releases) release()
  }
  const logFile = join(folder, 'tidb.log')
  let container: StartedTiDBContainer
  // testcontainers has no way to give up: without its container, it does.
  const onAbort = () => void removeContainers(`${RUN_LABEL}=${run}`).catch(() => undefined)
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    container = await withoutReaper(async () => {
      const { TiDBContainer } = await import('./tidb-container.ts')
      const definition = new TiDBContainer(image)
        .withServerArgs(config.serverArgs)
        .withLabels({ [RUN_LABEL]: run })
        .withStartupTimeout(config.startTimeoutMs)
        .withLogConsumer((stream) => stream.pipe(createWriteStream(logFile)))
      if (config.serverConfig !== undefined) definition.withServerConfig(config.serverConfig)
      return definition.start()
    })
  } catch (cause) {
    const said = indentedTail(logFile)
    clear()
    const what = `the container of ${image} did not start: ${(cause as Error).message}`
    throw new ServerError(said === '' ? what : `${what}\n${said}`, {
      hints: [`run it by hand to see what it says: docker run --rm ${image}`],
      cause,
    })
  } finally {
    signal?.removeEventListener('abort', onAbort)
  }
  const host = container.getHost()
  const port = container.getPort()
  const statusPort = container.getStatusPort()
  const description = `container of ${image}`
  onProgress(`started ${description} at ${hostPort(host, port)}`)
  return startedServer(
    { provider: 'container', host, port, statusPort, logFile, description, process: undefined },
    async () => {
      const stopping = container.stop({ timeout: 0, remove: true, removeVolumes: true })
      // The watchdog, which still knows of it, tries once more.
      await inTime(stopping, `the Docker engine to remove the ${description}`, STOP_WITHIN_MS, {
        hints: ['see: docker ps'],
      })
      clear()
    },
  )
}
