import { defineCheck } from './check.ts'
import type { Problem } from './finding.ts'
import type { Node } from './node.ts'

// Released apart from TiDB, under versions of their own: https://docs.pingcap.com/tidb/stable/tiproxy-overview/
const RELEASED_APART = new Set(['tiproxy'])

/**
 * All nodes of the cluster run the same release, and all nodes of one kind the same build of it. A TiProxy has versions
 * of its own, and is compared with others of its kind only.
 */
export const versionsAlike = defineCheck({
  name: 'versions-alike',
  title: 'All nodes run the same release',
  severity: 'warning',
  needs: { nodes: true },
  advice: 'finish the upgrade: nodes of different releases are supported only while it goes on',
  docs: 'https://docs.pingcap.com/tidb/stable/information-schema-cluster-info/',
  source: 'information_schema.cluster_info',
  run: async ({ facts }) => differences(await facts.nodes()),
})

/** What differs in a list of nodes; those without a version are left out. */
export function differences(all: readonly Node[]): Problem[] {
  const nodes = all.filter(({ version }) => version !== '')
  return [
    ...differing(nodes, 'version', ({ type }) => (RELEASED_APART.has(type) ? type : CLUSTER)),
    ...differing(nodes, 'hash', ({ type }) => type),
  ]
}

const CLUSTER = 'the cluster'

/** The nodes that differ from most of their group. */
function differing(nodes: readonly Node[], field: 'version' | 'hash', groupOf: (node: Node) => string): Problem[] {
  return Object.entries(Object.groupBy(nodes, groupOf)).flatMap(([group, members = []]) => {
    const counts = Object.values(Object.groupBy(members, (node) => node[field]))
    const most = counts.sort((a, b) => (b?.length ?? 0) - (a?.length ?? 0))[0]?.[0]?.[field] ?? ''
    return members
      .filter((node) => node[field] !== most)
      .map((node) => ({
        subject: { kind: 'node', name: `${node.type} ${node.instance}` },
        message: `${field} ${node[field]} differs from ${most}, which most nodes of ${group} have`,
        observed: node[field],
        limit: most,
      }))
  })
}
