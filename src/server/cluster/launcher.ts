import type { ClusterMember } from './member.ts'
import type { ClusterNode } from './node.ts'

/** Starts what a cluster is made of: as processes of this machine, or in containers. */
export interface Launcher {
  /** Whether its storage holds a cluster that was bootstrapped before. */
  readonly bootstrapped: boolean
  /** Builds or pulls what is not there yet. @throws {ServerError} if that is not possible. */
  prepare(releases: readonly string[]): Promise<void>
  pd(): Promise<ClusterMember>
  storage(pd: ClusterMember): Promise<ClusterMember>
  node(options: NodeLaunch): Promise<ClusterNode>
}

export interface NodeLaunch {
  /** Its number, which no other node of the cluster ever had. */
  readonly index: number
  readonly release: string
  readonly pd: ClusterMember
  /** Path of its configuration file. */
  readonly config: string | undefined
}

/** What a node is called. */
export function nodeName({ index, release }: Pick<NodeLaunch, 'index' | 'release'>): string {
  return `node ${index} (tidb-server ${release})`
}
