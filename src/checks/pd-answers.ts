import { formatQuantity } from '../number-format.ts'
import { printable } from '../redact.ts'
import { defineCheck } from './check.ts'
import { countLimit } from './limits.ts'

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
  async run({ session, limits }) {
    const members = await session.query(`select instance from information_schema.cluster_info where type = 'pd'`)
    // A member that does not answer has no row: there is a warning instead.
    const warnings = await session.query<{ Message: string }>('show warnings')
    const problems = warnings.map(({ Message: message }) => ({
      subject: { kind: 'node', name: 'pd' },
      message: `does not answer: ${printable(message)}`,
    }))
    if (members.length >= limits.members) return problems
    const missing = {
      subject: { kind: 'cluster', name: 'pd' },
      message: `${formatQuantity(members.length, 'member')} of ${limits.members} there`,
      observed: members.length,
      limit: limits.members,
    }
    return [...problems, missing]
  },
})
