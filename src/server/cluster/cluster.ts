import { compare } from 'semver'
import type { Config } from '../../config/config.ts'
import { Secret } from '../../config/secret.ts'
import { MOST_NODES } from '../../config/settings.ts'
import { TiDBConnection } from '../../connection/connection.ts'
import { ConfigError, DeadlineError, ServerError } from '../../errors.ts'
import { hostPort } from '../../host-port.ts'
import { requireDocker } from '../docker.ts'
import { DEFAULT_RELEASE } from '../releases.ts'
import type { StartOptions } from '../server.ts'
import { Undo } from '../../undo.ts'
import type { Launcher } from './launcher.ts'
import { endLeases, type NodeLease } from './leases.ts'
import type { ClusterMember } from './member.ts'
import type { ClusterNode } from './node.ts'
import { ask, until } from '../http-api.ts'
import type { ClusterProvider } from './prepare.ts'

const OWNER_WITHIN_MS = 10_000

export interface ClusterOptions {
  /** How many tidb-server there are. Default: TIDB_CLUSTER_NODES, and at least as many as `releases` has. */
  readonly nodes?: number | undefined
  /** Release of each node, in their order; the rest is of TIDB_VERSION. The oldest of them bootstraps the cluster. */
  readonly releases?: readonly string[] | undefined
  /** Path of a configuration file (TOML) of its tidb-servers. */
  readonly config?: string | undefined
  /**
   * `binary` for processes of this machine, `container` for containers of the images `pingcap/pd`, `pingcap/tikv` and
   * `pingcap/tidb`. Default: TIDB_CLUSTER_PROVIDER, and `binary` without it.
   */
  readonly provider?: ClusterProvider | undefined
}

/** A node that is added to a cluster that runs. */
export interface NodeOptions {
  /** Default: that of TIDB_VERSION. */
  readonly release?: string | undefined
  /** Path of its configuration file (TOML). Default: that of the cluster. */
  readonly config?: string | undefined
}

interface Parts {
  readonly config: Config
  readonly launcher: Launcher
  readonly undo: Undo
  /** Configuration file of its tidb-servers. */
  readonly serverConfig: string | undefined
}

/** Several tidb-server, a PD and a storage node, for as long as a test or a run. */
export class Cluster implements AsyncDisposable {
  readonly pd: ClusterMember
  /** Keeps the data of all nodes. */
  readonly storage: ClusterMember
  readonly #parts: Parts
  readonly #all: ClusterNode[] = []
  #nodes: ClusterNode[] = []
  /** How many were ever begun, those too that did not start: each has a number and a folder of its own. */
  #begun = 0

  private constructor(parts: Parts, pd: ClusterMember, storage: ClusterMember) {
    this.#parts = parts
    this.pd = pd
    this.storage = storage
  }

  /**
   * Starts a cluster, of processes or of containers as TIDB_CLUSTER_PROVIDER says; what it is made of is built with Go, or
   * pulled, if it is not there yet.
   *
   * @throws {ServerError} that names the part which does not start, with the end of its log; {DeadlineError} if it never
   *   answers; {ConfigError} if there can't be so many nodes.
   */
  static async start(config: Config, options: ClusterOptions = {}, start: StartOptions = {}): Promise<Cluster> {
    const releases = releasesOf(config, options)
    const undo = new Undo()
    try {
      const launcher = await Cluster.#launcher(config, options, releases, start, undo)
      return await Cluster.#launch({ config, launcher, undo, serverConfig: options.config }, releases)
    } catch (error) {
      await undo.run().catch(() => undefined)
      throw error
    }
  }

  static async #launcher(
    config: Config,
    options: ClusterOptions,
    releases: readonly string[],
    start: StartOptions,
    undo: Undo,
  ): Promise<Launcher> {
    if ((options.provider ?? config.clusterProvider) === 'container') {
      await requireDocker()
      const { ContainerLauncher } = await import('./container-launcher.ts')
      return ContainerLauncher.open(config, releases, start, undo)
    }
    // A configuration of one's own may change what is bootstrapped, which the template holds already.
    const plain = options.config === undefined && config.serverArgs.length === 0
    const first = oldest(releases)
    const { ProcessLauncher } = await import('./process-launcher.ts')
    return ProcessLauncher.open(config, releases, start, undo, plain ? first : undefined, async (launcher) => {
      await using own = new Undo()
      const { nodes, storage, pd } = await Cluster.#launch({ config, launcher, undo: own, serverConfig: undefined }, [
        first,
      ])
      for (const member of [...nodes, storage, pd]) await member.stop()
    })
  }

  static async #launch(parts: Parts, releases: readonly string[]): Promise<Cluster> {
    const { launcher, undo } = parts
    const pd = await launcher.pd()
    undo.defer(() => pd.end())
    const storage = await launcher.storage(pd)
    undo.defer(() => storage.end())
    const cluster = new Cluster(parts, pd, storage)
    cluster.#begun = releases.length
    const nodes: ClusterNode[] = []
    const begin = async (index: number) => {
      nodes[index] = await cluster.#startNode(index, releases[index] ?? '')
    }
    const alike = new Set(releases).size === 1
    // Of an empty storage one has to bootstrap, the oldest release: newer ones upgrade what they find.
    const first = launcher.bootstrapped && alike ? undefined : releases.indexOf(oldest(releases))
    if (first !== undefined) await begin(first)
    const rest = await Promise.allSettled([...releases.keys()].filter((index) => index !== first).map(begin))
    // Not before all have started or failed: one that starts later would be nobody's to end.
    for (const start of rest) if (start.status === 'rejected') throw start.reason
    cluster.#nodes = nodes
    await cluster.#ownDdl()
    return cluster
  }

  /** Its tidb-servers, those too that do not run; a node that was removed is none of them. */
  get nodes(): readonly ClusterNode[] {
    return this.#nodes
  }

  /** Everything that it is made of. */
  get members(): readonly ClusterMember[] {
    return [this.pd, this.storage, ...this.#nodes]
  }

  /** Starts one more node. @throws as `Cluster.start`. */
  async addNode(options: NodeOptions = {}): Promise<ClusterNode> {
    const { config, launcher } = this.#parts
    const release = options.release ?? config.version ?? DEFAULT_RELEASE
    if (this.#nodes.length >= MOST_NODES) throw tooMany(this.#nodes.length + 1)
    await launcher.prepare([release])
    const node = await this.#startNode(this.#begun++, release, options.config)
    this.#nodes = [...this.#nodes, node]
    return node
  }

  /** Shuts a node down, as one is taken out of service; its sessions end. @throws {DeadlineError} if it had to be killed. */
  async removeNode(node: ClusterNode): Promise<void> {
    if (!this.#nodes.includes(node)) throw new ServerError(`${node.name} is none of this cluster's nodes`)
    this.#nodes = this.#nodes.filter((one) => one !== node)
    await node.stop()
  }

  /**
   * Ends what a dead node has put down in PD for as long as it lives, so that the others need not wait until it is taken for
   * dead: 60 s for what it was the owner of, 90 s for schema changes that wait for its consent.
   *
   * @returns its leases, each with what was left of it. @throws {ServerError} if the node runs.
   * @example await node.kill(); await cluster.endLeases(node)
   */
  async endLeases(node: ClusterNode): Promise<NodeLease[]> {
    if (node.pid !== undefined) throw new ServerError(`${node.name} runs: it would only take new leases`)
    return endLeases(this.pd.address, node.advertised)
  }

  /**
   * The node that runs DDL jobs, as a node that answers tells it. One that was killed stays the owner until its lease ends.
   *
   * @throws {ServerError} if there is none, or no node that answers.
   */
  async ddlOwner(): Promise<ClusterNode> {
    const asked = this.#nodes.find(({ state }) => state === 'running')
    if (asked === undefined) throw new ServerError('no node of the cluster runs, so nobody knows the DDL owner')
    const { connectTimeoutMs } = this.#parts.config
    const address = { host: asked.host, port: asked.port, user: 'root', password: new Secret(''), connectTimeoutMs }
    await using connection = await TiDBConnection.open(address, { name: 'DDL owner' })
    const [row] = await connection.query<{ OWNER_ADDRESS: string }>('admin show ddl')
    const owner = this.#all.find(({ advertised: { host, statusPort, port } }) =>
      [`${host}:${port}`, `${host}:${statusPort}`].includes(row?.OWNER_ADDRESS ?? ''),
    )
    if (owner !== undefined) return owner
    throw new ServerError(`the DDL owner is ${row?.OWNER_ADDRESS || 'nobody at this moment'}`, { host: asked.address })
  }

  /** Has the first node run DDL jobs: what is sent to another waits half a second for each. Any node may have become it. */
  async #ownDdl(): Promise<void> {
    const [first] = this.#nodes
    const over = AbortSignal.timeout(OWNER_WITHIN_MS)
    await until(over, async () => {
      // Between two owners there is none.
      const owner = await this.ddlOwner()
      // https://github.com/pingcap/tidb/blob/master/docs/tidb_http_api.md
      if (owner !== first) await ask(hostPort(owner.host, owner.statusPort), '/ddl/owner/resign', over, { body: {} })
      return owner === first
    })
    if (over.aborted) throw new DeadlineError(`${first?.name} to become the DDL owner`, OWNER_WITHIN_MS)
  }

  /** Ends everything at once, and removes the data. */
  stop(): Promise<void> {
    return this.#parts.undo.run()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #startNode(index: number, release: string, config = this.#parts.serverConfig): Promise<ClusterNode> {
    const { launcher, undo } = this.#parts
    const node = await launcher.node({ index, release, pd: this.pd, config })
    this.#all.push(node)
    undo.defer(() => node.end())
    return node
  }
}

/** The release of each node. @throws {ConfigError} if there can't be so many. */
export function releasesOf(
  { version = DEFAULT_RELEASE, clusterNodes }: Config,
  { nodes, releases = [] }: ClusterOptions,
): string[] {
  const count = nodes ?? Math.max(clusterNodes, releases.length)
  if (!Number.isInteger(count) || count < 1 || count > MOST_NODES) throw tooMany(count)
  if (releases.length > count) {
    throw new ConfigError(['releases'], `${releases.length} releases are given for ${count} nodes`, {
      hints: ['give at most one release a node, in their order'],
    })
  }
  return Array.from({ length: count }, (_, index) => releases[index] ?? version)
}

function tooMany(nodes: number): ConfigError {
  return new ConfigError(['nodes'], `a cluster can't have ${nodes} nodes`, {
    hints: [`set nodes to a whole number, 1 to ${MOST_NODES}: each takes some 300 MB of memory`],
  })
}

function oldest(releases: readonly string[]): string {
  return releases.toSorted(compare)[0] ?? DEFAULT_RELEASE
}
