import type { CheckReport, CheckResult } from '../checks/run-checks.ts'
import type { AnyCheck } from '../checks/check.ts'
import type { Finding } from '../checks/finding.ts'
import { formatCount, formatDuration, formatQuantity } from '../number-format.ts'

/** What came of the checks, for a terminal: a summary first, findings with their advice, then what was not checked. */
export function checkText({ results, findings, cost }: CheckReport): string[] {
  const of = (...outcomes: readonly CheckResult['outcome'][]) =>
    results.filter(({ outcome }) => outcomes.includes(outcome))
  const unchecked = of('not-available', 'failed')
  const counts = [
    `${formatCount(of('passed').length)} of ${formatQuantity(results.length, 'check')} passed`,
    formatQuantity(findings.length, 'finding'),
    ...(unchecked.length > 0 ? [`${formatCount(unchecked.length)} could not be carried out`] : []),
  ]
  return [
    `${counts.join(', ')} (${formatQuantity(cost.statements, 'statement')}, ${formatDuration(cost.ms)})`,
    ...findings.flatMap(findingLines),
    ...listed('could not be carried out:', unchecked),
    ...listed('not applicable to this server:', of('not-applicable')),
  ]
}

function findingLines({ severity, check, subject, message, advice, docs }: Finding): string[] {
  return ['', `${severity}: ${check}`, `  ${subject.kind} ${subject.name}: ${message}`, `  try: ${advice}`, `  ${docs}`]
}

function listed(heading: string, results: readonly CheckResult[]): string[] {
  if (results.length === 0) return []
  return ['', heading, ...results.map(({ check, reason = '' }) => `  ${check}: ${reason}`)]
}

/** Every check with its limits, for `--list`. */
export function listText(checks: readonly AnyCheck[]): string[] {
  return checks.flatMap(({ name, title, severity, limits }) => [
    `${name} (${severity}): ${title}`,
    ...Object.entries(limits).map(([limit, { standard, what }]) => `  ${name}.${limit}=${String(standard)}  ${what}`),
  ])
}
