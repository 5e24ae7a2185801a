import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../config/config.ts'
import { hostPort } from '../../host-port.ts'
import type { Undo } from '../../undo.ts'
import { inTime } from '../../wait.ts'
import { removeContainers, RUN_LABEL } from '../container-label.ts'
import type { Ports } from '../ports.ts'
import type { StartOptions } from '../server.ts'
import { STOP_WITHIN_MS } from '../teardown.ts'
import { firstQuery } from '../tidb-process.ts'
import { loadTestcontainers } from '../testcontainers.ts'
import { Watchdog } from '../watchdog.ts'
import { ContainerProgram, type ContainerProgramOptions } from './container-program.ts'
import { clusterImages, haveImages, nodeImage, type ClusterImages } from './images.ts'
import { nodeName, type Launcher, type NodeLaunch } from './launcher.ts'
import { ClusterMember, type Launched, type MemberStart } from './member.ts'
import { ClusterNode } from './node.ts'
import { until } from '../http-api.ts'
import { pdLeads, storeIsUp } from './pd-api.ts'
import { PD_CONFIG } from './pd.ts'

/** Ports of each program in its own container: the ones that it has by default. */
const PD: Ports = [2379, 2380]
const STORAGE: Ports = [20_160, 20_180]
const NODE: Ports = [4000, 10_080]

const DATA = '/data'
/** One small store: https://docs.pingcap.com/tidb/stable/tikv-configuration-file/ */
const STORAGE_CONFIG = `[storage]
reserve-space = "0MB"
reserve-raft-space = "0MB"

[storage.block-cache]
capacity = "256MB"

[rocksdb]
max-open-files = 256

[raftdb]
max-open-files = 256
`

interface Placed {
  readonly config: Config
  readonly images: ClusterImages
  /** Name of the network of its containers. */
  readonly network: string
  readonly labels: Record<string, string>
  /** Folder of their logs. */
  readonly folder: string
  readonly start: StartOptions
}

/** Starts the parts of a cluster in containers of the official images, on a network of their own, and on empty folders. */
export class ContainerLauncher implements Launcher {
  readonly bootstrapped = false
  readonly #placed: Placed

  private constructor(placed: Placed) {
    this.#placed = placed
  }

  static async open(
    config: Config,
    releases: readonly string[],
    start: StartOptions,
    undo: Undo,
  ): Promise<ContainerLauncher> {
    const images = clusterImages(config, releases)
    await haveImages(config, Object.values(images).flat(), start)
    const { getContainerRuntimeClient } = await loadTestcontainers()
    const { dockerode } = (await getContainerRuntimeClient()).container
    const network = `vitest-tidb-${randomUUID()}`
    const labels = { [RUN_LABEL]: network }
    const label = `${RUN_LABEL}=${network}`
    const watchdog = Watchdog.ofProcess()
    const folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-cluster-'))
    const forget = [
      watchdog.watch({ kind: 'folder', path: folder }),
      // By its label: a container may be created at the very moment this process is killed.
      watchdog.watch({ kind: 'containers', label }),
    ]
    undo.defer(async () => {
      // The watchdog, which still knows of them, tries once more.
      await inTime(removeContainers(label), 'the Docker engine to remove a cluster', STOP_WITHIN_MS, {
        hints: ['see: docker ps'],
      })
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
      for (const done of forget) done()
    })
    await dockerode.createNetwork({ Name: network, Labels: labels })
    return new ContainerLauncher({ config, images, network, labels, folder, start })
  }

  prepare(releases: readonly string[]): Promise<void> {
    const { config, start } = this.#placed
    return haveImages(config, clusterImages(config, releases).nodes, start)
  }

  pd(): Promise<ClusterMember> {
    const [clients, peers] = PD
    return this.#member('PD', 'pd', PD, {
      image: this.#placed.images.pd,
      command: [
        ...['--name=pd', `--data-dir=${DATA}`, '--config=/pd.toml'],
        ...[`--client-urls=http://0.0.0.0:${clients}`, `--advertise-client-urls=http://pd:${clients}`],
        ...[`--peer-urls=http://0.0.0.0:${peers}`, `--advertise-peer-urls=http://pd:${peers}`],
        `--initial-cluster=pd=http://pd:${peers}`,
      ],
      files: { '/pd.toml': PD_CONFIG },
      ready: (host, [port], over) => pdLeads(hostPort(host, port), DATA, over),
    })
  }

  storage(pd: ClusterMember): Promise<ClusterMember> {
    const [port, statusPort] = STORAGE
    return this.#member('the storage node', 'tikv', STORAGE, {
      image: this.#placed.images.storage,
      command: [
        ...[`--pd=pd:${PD[0]}`, `--data-dir=${DATA}`, '--config=/tikv.toml'],
        ...[`--addr=0.0.0.0:${port}`, `--advertise-addr=tikv:${port}`],
        ...[`--status-addr=0.0.0.0:${statusPort}`, `--advertise-status-addr=tikv:${statusPort}`],
      ],
      files: { '/tikv.toml': STORAGE_CONFIG },
      ready: (_host, _ports, over) => storeIsUp(pd.address, `tikv:${port}`, over),
    })
  }

  async node(launch: NodeLaunch): Promise<ClusterNode> {
    const { config } = this.#placed
    const { index, release, config: file } = launch
    const alias = `tidb-${index}`
    const path = `pd:${PD[0]}`
    const start = await this.#start(nodeName(launch), alias, NODE, {
      image: nodeImage(config, release),
      command: [
        ...(file === undefined ? [] : ['-config', '/tidb.toml']),
        ...['-store', 'tikv', '-path', path, '-advertise-address', alias],
        ...['-host', '0.0.0.0', '-P', String(NODE[0]), '-status-host', '0.0.0.0', '-status', String(NODE[1])],
        ...config.serverArgs,
      ],
      files: file === undefined ? {} : { '/tidb.toml': readFileSync(file, 'utf8') },
      // Its port takes connections from the first moment, as it is the engine's.
      ready: (host, [port], over) =>
        until(over, async () => {
          await firstQuery({ host, port, path, withinMs: config.startTimeoutMs })
          return true
        }),
    })
    return new ClusterNode(start.start, start.launched, release)
  }

  async #member(name: string, alias: string, inner: Ports, part: Part): Promise<ClusterMember> {
    const { start, launched } = await this.#start(name, alias, inner, part)
    return new ClusterMember(start, launched)
  }

  async #start(name: string, alias: string, inner: Ports, part: Part) {
    const { config, network, labels, folder, start } = this.#placed
    const { startTimeoutMs } = config
    const { image, command, files } = part
    const options: Omit<ContainerProgramOptions, 'ready'> = {
      ...{ name, alias, inner, image, command, files, network, labels, startTimeoutMs },
      logFile: join(folder, `${alias}.log`),
      signal: start.signal,
    }
    const created = await ContainerProgram.create({ ...options, ready: part.ready })
    let { program } = created
    const { host } = created
    const [port, statusPort] = inner
    const launched = (ports: Ports): Launched => ({
      program,
      ports,
      host,
      advertised: { host: alias, port, statusPort },
    })
    const again: MemberStart = {
      name,
      launch: async (ports = created.ports, signal) => {
        program = await program.again(ports, signal)
        return launched(ports)
      },
      stopWithinMs: startTimeoutMs,
    }
    return { start: again, launched: launched(created.ports) }
  }
}

type Part = Pick<ContainerProgramOptions, 'image' | 'command' | 'files' | 'ready'>
