import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../config/config.ts'
import type { Undo } from '../../undo.ts'
import { cacheFolder } from '../cache.ts'
import { checksum } from '../checksum.ts'
import type { StartOptions } from '../server.ts'
import { useTemplate } from '../template-cache.ts'
import { Watchdog } from '../watchdog.ts'
import { nodeName, type Launcher, type NodeLaunch } from './launcher.ts'
import type { ClusterMember, MemberSurroundings } from './member.ts'
import { ClusterNode } from './node.ts'
import { startPd } from './pd.ts'
import { clusterPrograms, type ClusterPrograms } from './programs.ts'
import { startStorage } from './storage.ts'
import { watchedFolder } from '../watched-folder.ts'

interface Placed extends MemberSurroundings {
  readonly config: Config
  readonly programs: ClusterPrograms
  readonly folder: string
}

/** Starts the parts of a cluster as processes of this machine. What they are made of is built with Go if it is not there yet. */
export class ProcessLauncher implements Launcher {
  readonly bootstrapped: boolean
  readonly #placed: Placed
  readonly #binaries: Map<string, string>

  private constructor(placed: Placed, bootstrapped: boolean) {
    this.#placed = placed
    this.#binaries = new Map(placed.programs.tidb)
    this.bootstrapped = bootstrapped
  }

  /**
   * @param bootstrapWith release that bootstraps the template of its data; undefined to begin with empty folders.
   * @param bootstrap bootstraps a cluster of one node of that release, and shuts it down.
   */
  static async open(
    config: Config,
    releases: readonly string[],
    { signal, ...start }: StartOptions,
    undo: Undo,
    bootstrapWith: string | undefined,
    bootstrap: (launcher: Launcher) => Promise<void>,
  ): Promise<ProcessLauncher> {
    const programs = await clusterPrograms(config, releases, { ...start, ...(signal !== undefined && { signal }) })
    const watchdog = Watchdog.ofProcess()
    const { path: folder, remove } = watchedFolder('vitest-tidb-cluster-')
    undo.defer(remove)
    const placed = { config, programs, folder, startTimeoutMs: config.startTimeoutMs, watchdog, signal }
    if (bootstrapWith !== undefined) await unpackTemplate(placed, bootstrapWith, bootstrap)
    return new ProcessLauncher(placed, bootstrapWith !== undefined)
  }

  /** One on empty folders. */
  static empty(placed: Placed): ProcessLauncher {
    return new ProcessLauncher(placed, false)
  }

  async prepare(releases: readonly string[]): Promise<void> {
    const { config, signal } = this.#placed
    const { tidb } = await clusterPrograms(config, releases, { ...(signal !== undefined && { signal }) })
    for (const [release, path] of tidb) this.#binaries.set(release, path)
  }

  pd(): Promise<ClusterMember> {
    return startPd({ ...this.#placed, ...this.#data('pd'), binary: this.#placed.programs.pd })
  }

  storage({ address }: ClusterMember): Promise<ClusterMember> {
    return startStorage({
      ...this.#placed,
      ...this.#data('storage'),
      binary: this.#placed.programs.storage,
      pd: address,
    })
  }

  node(launch: NodeLaunch): Promise<ClusterNode> {
    const { index, release, pd, config: serverConfig } = launch
    const { folder, config, startTimeoutMs, watchdog, signal } = this.#placed
    const place = join(folder, `node-${index}`)
    mkdirSync(place)
    return ClusterNode.start(
      {
        name: nodeName(launch),
        binary: this.#binaries.get(release) ?? '',
        folder: place,
        pd: pd.address,
        serverArgs: config.serverArgs,
        serverConfig,
        startTimeoutMs,
        watchdog,
        signal,
      },
      release,
    )
  }

  #data(part: 'pd' | 'storage') {
    const { folder } = this.#placed
    return { folder: join(folder, part), data: join(folder, 'data', part) }
  }
}

async function unpackTemplate(
  placed: Placed,
  release: string,
  bootstrap: (launcher: Launcher) => Promise<void>,
): Promise<void> {
  const { config, folder, programs, startTimeoutMs, signal } = placed
  const cache = cacheFolder(config)
  const key = createHash('sha256')
  for (const path of [programs.pd, programs.storage, programs.tidb.get(release) ?? '']) {
    key.update(await checksum(path, cache))
  }
  await useTemplate({
    cache,
    key: key.digest('hex'),
    data: join(folder, 'data'),
    startTimeoutMs,
    signal,
    make: async (empty, lost) => {
      await bootstrap(ProcessLauncher.empty({ ...placed, folder: empty, signal: lost }))
      return join(empty, 'data')
    },
  })
}
