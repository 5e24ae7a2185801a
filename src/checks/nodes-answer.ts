import { defineCheck } from './check.ts'
import { countLimit } from './limits.ts'
import { formatQuantity } from '../number-format.ts'

/** Every tidb-server of the cluster answers. One that was killed is known for 45 s, then PD forgets it: give `tidb`, how many there are. */
export const nodesAnswer = defineCheck({
  name: 'nodes-answer',
  title: 'Every tidb-server answers the others',
  severity: 'critical',
  limits: { tidb: countLimit(1, 'tidb-servers that there are at least') },
  needs: { nodes: true },
  advice:
    'see whether the process runs and its status port can be reached from the other nodes; its log says why it ended',
  docs: 'https://docs.pingcap.com/tidb/stable/troubleshoot-tidb-cluster/',
  source: 'information_schema.cluster_config',
  async run({ facts, limits }) {
    const servers = (await facts.nodes()).filter(({ type }) => type === 'tidb')
    const silent = await facts.silent()
    const problems = [...silent].map(([{ type, instance }, why]) => ({
      subject: { kind: 'node', name: `${type} ${instance}` },
      message: `does not answer: ${why}`,
    }))
    const answering = servers.length - silent.size
    if (servers.length >= limits.tidb) return problems
    const missing = {
      subject: { kind: 'cluster', name: 'tidb' },
      message: `${formatQuantity(answering, 'tidb-server')} of ${limits.tidb} there`,
      observed: answering,
      limit: limits.tidb,
    }
    return [...problems, missing]
  },
})
