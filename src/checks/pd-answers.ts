import { DeadlineError, StatementError } from '../errors.ts'
import { formatDuration, formatQuantity } from '../number-format.ts'
import { defineCheck } from './check.ts'
import type { ClusterFacts } from './cluster-facts.ts'
import type { Problem } from './finding.ts'
import { countLimit } from './limits.ts'
import type { ClusterInfo } from './node.ts'

/** Every member of PD answers. Whoever leads is not told by SQL; that there is a leader is: without one, nobody gets a timestamp. */
export const pdAnswers = defineCheck({
  name: 'pd-answers',
  title: 'Every member of PD answers, and there are enough of them',
  severity: 'critical',
  limits: { members: countLimit(1, 'members of PD that there are at least') },
  needs: { stores: true, privileges: ['PROCESS'] },
  advice: 'see whether the process runs and the tidb-servers reach it; pd-ctl member has the leader and the others',
  docs: 'https://docs.pingcap.com/tidb/stable/information-schema-cluster-info/',
  source: 'information_schema.cluster_info',
  async run({ facts, limits }) {
    const info = await infoOf(facts)
    if ('subject' in info) return [info]
    // Each is asked for its microservices as well, and is warned of each time.
    const warned = info.warnings.map(silent)
    const problems = [...new Map(warned.toReversed().map((problem) => [problem.subject.name, problem])).values()]
    const answering = info.nodes.filter(({ type }) => type === 'pd').length
    if (answering >= limits.members) return problems
    const missing = {
      subject: { kind: 'cluster', name: 'pd' },
      message: `${formatQuantity(answering, 'member')} of ${limits.members} there`,
      observed: answering,
      limit: limits.members,
    }
    return [...problems, missing]
  },
})

/** What is known of the cluster, or what is wrong with PD if nothing is. */
async function infoOf(facts: ClusterFacts): Promise<ClusterInfo | Problem> {
  try {
    return await facts.info()
  } catch (error) {
    if (error instanceof DeadlineError) return silent(`nothing within ${formatDuration(error.withinMs)}`)
    if (error instanceof StatementError && error.errno === 1105) return silent(error.answer?.message ?? error.message)
    throw error
  }
}

/** What the server says of a member, which it names by a URL if it got that far. */
function silent(said: string): Problem {
  const [, place] = /\bhttps?:\/\/([^/"\s]+)\//.exec(said) ?? []
  return {
    subject: { kind: 'node', name: place === undefined ? 'pd' : `pd ${place}` },
    message: `does not answer: ${said}`,
  }
}
