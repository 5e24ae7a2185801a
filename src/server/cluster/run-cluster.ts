import type { Config } from '../../config/config.ts'
import { ServerError } from '../../errors.ts'
import { startedServer, type ServerNode, type StartOptions, type TiDBServer } from '../server.ts'
import { Cluster } from './cluster.ts'
import type { ClusterNode } from './node.ts'

/**
 * Starts a cluster for the whole run: its first node is the server of the run.
 *
 * @throws as `Cluster.start`.
 */
export async function startRunCluster(config: Config, options: StartOptions): Promise<TiDBServer> {
  const cluster = await Cluster.start(config, { config: config.serverConfig }, options)
  const [first, ...others] = cluster.nodes
  if (first === undefined) throw new ServerError('a cluster was started without a node')
  const { pd, storage, nodes } = cluster
  const parts = [pd, storage, ...nodes].map(({ name, address }) => `${name} at ${address}`)
  options.onProgress?.(`started a cluster: ${parts.join(', ')}`)
  return startedServer({ provider: 'cluster', ...nodePlace(first) }, () => cluster.stop(), others.map(nodePlace))
}

function nodePlace({ host, port, statusPort, logFile, identity, name }: ClusterNode): ServerNode {
  return { host, port, statusPort, logFile, process: identity, description: `${name} of a cluster` }
}
