import type { CheckReport, CheckResult } from '../checks/run-checks.ts'

type Outcome = CheckResult['outcome']

/** Of these checks nobody knows what they would have found. */
export const UNCHECKED: readonly Outcome[] = ['not-available', 'failed']

/** The results that ended in one of these ways. */
export function resultsOf({ results }: Pick<CheckReport, 'results'>, ...outcomes: readonly Outcome[]): CheckResult[] {
  return results.filter(({ outcome }) => outcomes.includes(outcome))
}
