import { defineCheck } from './check.ts'

/** Every placement rule is met. */
export const placementScheduled = defineCheck({
  name: 'placement-scheduled',
  title: 'Every placement rule is met',
  severity: 'warning',
  needs: { stores: true, privileges: ['SELECT'] },
  advice: 'give the stores the labels that the policy wants, or change the policy',
  docs: 'https://docs.pingcap.com/tidb/stable/placement-rules-in-sql/',
  source: 'SHOW PLACEMENT',
  async run({ session }) {
    const rules = await session.query<{ Target: string; Placement: string; Scheduling_State: string | null }>(
      'show placement',
    )
    return (
      rules
        // A policy by itself has no state: `NULL`, as text.
        .filter(({ Scheduling_State: state }) => state !== null && state !== 'NULL' && state !== 'SCHEDULED')
        .map(({ Target, Placement, Scheduling_State: state }) => ({
          subject: { kind: 'placement', name: Target },
          message: `${Placement} is ${state}`,
          observed: String(state),
          limit: 'SCHEDULED',
        }))
    )
  },
})
