import type { Querier } from '../connection/ask.ts'
import { findingOf, type Finding } from './finding.ts'

interface Node {
  type: string
  instance: string
  version: string
  hash: string
}

// Released apart from TiDB, under versions of their own: https://docs.pingcap.com/tidb/stable/tiproxy-overview/
const RELEASED_APART = new Set(['tiproxy'])

/**
 * All nodes of the cluster run the same release, and all nodes of one kind the same build of it. A TiProxy has versions
 * of its own, and is compared with others of its kind only.
 *
 * Source: https://docs.pingcap.com/tidb/stable/information-schema-cluster-info/
 */
export async function versionsAlike(session: Querier): Promise<Finding[]> {
  const nodes = await session.query<Node>(
    `select type, instance, version, git_hash as hash from information_schema.cluster_info where version <> ''`,
  )
  return [
    ...differing(nodes, 'version', ({ type }) => (RELEASED_APART.has(type) ? type : CLUSTER)),
    ...differing(nodes, 'hash', ({ type }) => type),
  ]
}

const CLUSTER = 'the cluster'

/** The nodes that differ from most of their group. */
function differing(nodes: readonly Node[], field: 'version' | 'hash', groupOf: (node: Node) => string): Finding[] {
  return Object.entries(Object.groupBy(nodes, groupOf)).flatMap(([group, members = []]) => {
    const counts = Object.values(Object.groupBy(members, (node) => node[field]))
    const most = counts.sort((a, b) => (b?.length ?? 0) - (a?.length ?? 0))[0]?.[0]?.[field]
    return members
      .filter((node) => node[field] !== most)
      .map((node) =>
        findingOf({
          check: 'versions-alike',
          subject: `${node.type} ${node.instance}`,
          message: `${field} ${node[field]} differs from ${most}, which most nodes of ${group} have`,
        }),
      )
  })
}
