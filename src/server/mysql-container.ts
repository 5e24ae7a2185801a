import { randomUUID } from 'node:crypto'
import type { Config } from '../config/config.ts'
import { ServerError } from '../errors.ts'
import { isNotInstalled } from '../optional-package.ts'
import { inTime } from '../wait.ts'
import type { Baseline } from './baseline.ts'
import { removeContainers, RUN_LABEL } from './container-label.ts'
import { requireDocker } from './docker.ts'
import { haveImage } from './image.ts'
import type { StartOptions } from './server.ts'
import { STOP_WITHIN_MS } from './teardown.ts'
import { withoutReaper } from './testcontainers.ts'
import { Watchdog } from './watchdog.ts'

/**
 * Starts a MySQL in a container.
 *
 * @param tag of its image, such as `8.4`.
 * @throws {ServerError} if no Docker engine answers, @testcontainers/mysql is not installed, or the image can't be had.
 */
export async function startMySQL(
  { pullTimeoutMs, startTimeoutMs }: Config,
  tag: string,
  { signal, onProgress = () => undefined }: StartOptions,
): Promise<Baseline> {
  const image = `mysql:${tag}`
  await requireDocker()
  const { MySqlContainer } = await loadModule()
  await haveImage(image, pullTimeoutMs, signal, onProgress, 'pull it, or set TIDB_BASELINE to another tag')
  const run = randomUUID()
  const release = Watchdog.ofProcess().watch({ kind: 'containers', label: `${RUN_LABEL}=${run}` })
  // testcontainers has no way to give up: without its container, it does.
  const onAbort = () => void removeContainers(`${RUN_LABEL}=${run}`).catch(() => undefined)
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    const definition = new MySqlContainer(image).withLabels({ [RUN_LABEL]: run }).withStartupTimeout(startTimeoutMs)
    const container = await withoutReaper(() => definition.start())
    onProgress(`started container of ${image}`)
    const [host, port, password] = [container.getHost(), container.getPort(), container.getRootPassword()]
    return {
      settings: { host, port, user: 'root', password },
      ours: true,
      async stop() {
        const stopping = container.stop({ timeout: 0, remove: true, removeVolumes: true })
        await inTime(stopping, `the Docker engine to remove the container of ${image}`, STOP_WITHIN_MS)
        release()
      },
    }
  } catch (cause) {
    await removeContainers(`${RUN_LABEL}=${run}`).catch(() => undefined)
    release()
    throw new ServerError(`the container of ${image} did not start: ${(cause as Error).message}`, { cause })
  } finally {
    signal?.removeEventListener('abort', onAbort)
  }
}

async function loadModule() {
  try {
    return await import('@testcontainers/mysql')
  } catch (cause) {
    if (!isNotInstalled(cause, '@testcontainers/mysql')) throw cause
    throw new ServerError('the package @testcontainers/mysql, which starts MySQL, is not installed', {
      hints: ['npm i -D testcontainers @testcontainers/mysql'],
      cause,
    })
  }
}
