import { wallTime } from '../clock.ts'
import type { CheckReport } from '../checks/run-checks.ts'
import type { Finding } from '../checks/finding.ts'
import { resultsOf, UNCHECKED } from './outcomes.ts'
import { summaryOf } from './check-text.ts'

/** What there is to know of a cluster: a line each, by what it is about. What was measured changes, and is no news. */
function standing(report: CheckReport): Map<string, string> {
  const key = ({ check, subject }: Finding) => JSON.stringify([check, subject.kind, subject.name])
  return new Map([
    ...report.findings.map(
      (finding) =>
        [
          key(finding),
          `${finding.severity}: ${finding.check}: ${finding.subject.kind} ${finding.subject.name}: ${finding.message}`,
        ] as const,
    ),
    ...resultsOf(report, ...UNCHECKED).map(
      ({ check, reason = '' }) => [check, `could not be carried out: ${check}: ${reason}`] as const,
    ),
  ])
}

/** The summary with the time, then what appeared (`+`) and what went (`-`) since the report before. */
export function changeText(before: CheckReport, now: CheckReport): string[] {
  const [old, current] = [standing(before), standing(now)]
  const appeared = [...current].filter(([key]) => !old.has(key)).map(([, line]) => `  + ${line}`)
  const gone = [...old].filter(([key]) => !current.has(key)).map(([, line]) => `  - ${line}`)
  const time = new Date(wallTime()).toISOString().slice(11, 19)
  const news = appeared.length + gone.length === 0 ? '; nothing new' : ''
  return [`${time} UTC  ${summaryOf(now)}${news}`, ...appeared, ...gone]
}
