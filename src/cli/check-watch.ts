import { wallTime } from '../clock.ts'
import type { CheckReport, CheckResult } from '../checks/run-checks.ts'
import type { Finding } from '../checks/finding.ts'
import { resultsOf, UNCHECKED } from './outcomes.ts'
import { summaryOf } from './check-text.ts'

interface News {
  readonly line: string
  readonly news: Finding | CheckResult
}

type Standing = ReadonlyMap<string, News>

/** What there is to know of a cluster, by what it is about. What was measured changes, and is no news. */
function standing(report: CheckReport): Standing {
  const key = ({ check, subject }: Finding) => JSON.stringify([check, subject.kind, subject.name])
  const lineOf = ({ severity, check, subject, message }: Finding) =>
    `${severity}: ${check}: ${subject.kind} ${subject.name}: ${message}`
  return new Map<string, News>([
    ...report.findings.map((finding) => [key(finding), { line: lineOf(finding), news: finding }] as const),
    ...resultsOf(report, ...UNCHECKED).map((result) => {
      const { check, reason = '' } = result
      return [check, { line: `could not be carried out: ${check}: ${reason}`, news: result }] as const
    }),
  ])
}

function without(some: Standing, others: Standing) {
  return [...some].filter(([key]) => !others.has(key)).map(([, value]) => value)
}

/** What appeared and what went since the report before, and when: findings, and results of checks that were not carried out. */
export function changes(before: CheckReport | undefined, now: CheckReport) {
  const old: Standing = before === undefined ? new Map() : standing(before)
  const current = standing(now)
  return {
    at: new Date(wallTime()),
    appeared: without(current, old).map(({ news }) => news),
    gone: without(old, current).map(({ news }) => news),
  }
}

/** The summary with the time, then what appeared (`+`) and what went (`-`) since the report before. */
export function changeText(before: CheckReport, now: CheckReport): string[] {
  const [old, current] = [standing(before), standing(now)]
  const appeared = without(current, old).map(({ line }) => `  + ${line}`)
  const gone = without(old, current).map(({ line }) => `  - ${line}`)
  const time = new Date(wallTime()).toISOString().slice(11, 19)
  const news = appeared.length + gone.length === 0 ? '; nothing new' : ''
  return [`${time} UTC  ${summaryOf(now)}${news}`, ...appeared, ...gone]
}
