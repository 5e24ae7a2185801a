import type { CheckReport, CheckResult } from '../checks/run-checks.ts'
import type { AnyCheck } from '../checks/check.ts'
import { shownStandard } from '../checks/limits.ts'
import type { Finding } from '../checks/finding.ts'
import { formatCount, formatDuration, formatQuantity } from '../number-format.ts'
import { resultsOf, UNCHECKED } from './outcomes.ts'

/** What came of the checks, for a terminal: a summary first, findings with their advice, then what was not checked. */
export function checkText(report: CheckReport): string[] {
  const { findings, cost } = report
  const unchecked = resultsOf(report, ...UNCHECKED)
  return [
    `${summaryOf(report)} (${formatQuantity(cost.statements, 'statement')}, ${formatDuration(cost.ms)})`,
    ...findings.flatMap(findingLines),
    ...listed('could not be carried out:', unchecked),
    ...listed('not applicable to this server:', resultsOf(report, 'not-applicable')),
  ]
}

/** How many passed, how many findings there are, how many could not be carried out. */
export function summaryOf(report: CheckReport): string {
  const { results, findings } = report
  const unchecked = resultsOf(report, ...UNCHECKED)
  const counts = [
    `${formatCount(resultsOf(report, 'passed').length)} of ${formatQuantity(results.length, 'check')} passed`,
    formatQuantity(findings.length, 'finding'),
    ...(unchecked.length > 0 ? [`${formatCount(unchecked.length)} could not be carried out`] : []),
  ]
  return counts.join(', ')
}

function findingLines({ severity, check, subject, message, advice, docs }: Finding): string[] {
  const lines = ['', `${severity}: ${check}`, `  ${subject.kind} ${subject.name}: ${message}`, `  try: ${advice}`]
  return docs === undefined ? lines : [...lines, `  ${docs}`]
}

function listed(heading: string, results: readonly CheckResult[]): string[] {
  if (results.length === 0) return []
  return ['', heading, ...results.map(({ check, reason = '' }) => `  ${check}: ${reason}`)]
}

/** Every check with its limits, for `--list`. */
export function listText(checks: readonly AnyCheck[]): string[] {
  return checks.flatMap(({ name, title, severity, limits }) => [
    `${name} (${severity}): ${title}`,
    ...Object.entries(limits).map(([limit, given]) => `  ${name}.${limit}=${shownStandard(given)}  ${given.what}`),
  ])
}
