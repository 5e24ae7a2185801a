import type { CheckReport, CheckResult } from '../checks/run-checks.ts'
import { markup, type Markup } from '../import-report/markup.ts'
import type { ReportFacts } from './check-report.ts'
import { resultsOf, UNCHECKED } from './outcomes.ts'

/** As JUnit has it, which CI systems read: a test case a check. */
export function junit(report: CheckReport, { host, version, at }: ReportFacts): string {
  const { results, cost } = report
  const count = (...outcomes: Parameters<typeof resultsOf>[1][]) => resultsOf(report, ...outcomes).length
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
<testsuite name="TiDB ${version} at ${host}" tests="${results.length}" failures="${count('findings')}" errors="${count(...UNCHECKED)}" skipped="${count('not-applicable')}" time="${cost.ms / 1_000}" timestamp="${at.toISOString()}">
${results.map(testCase)}</testsuite>
</testsuites>
`.source
}

function testCase({ check, title, outcome, findings, reason = '', cost }: CheckResult): Markup {
  const lines = findings.map(
    ({ severity, subject, message, advice }) =>
      `${severity}: ${subject.kind} ${subject.name}: ${message}\n  try: ${advice}\n`,
  )
  const bad = {
    passed: undefined,
    findings: markup`<failure message="${title}: ${findings.length}">${lines}</failure>`,
    'not-applicable': markup`<skipped message="${reason}"/>`,
    'not-available': markup`<error message="${reason}"/>`,
    failed: markup`<error message="${reason}"/>`,
  }[outcome]
  return markup`<testcase classname="checks" name="${check}" time="${cost.ms / 1_000}">${bad}</testcase>
`
}
