import type { CheckReport, CheckResult } from '../checks/run-checks.ts'
import { SEVERITIES, type Finding, type Severity } from '../checks/finding.ts'
import { icon, iconShapes } from '../import-report/icon.ts'
import { factList } from '../import-report/job.ts'
import { markup, type Markup, type Part } from '../import-report/markup.ts'
import { page } from '../import-report/page.ts'
import type { Standing } from '../import-report/standing.ts'
import { formatCount, formatDuration, formatQuantity } from '../number-format.ts'
import type { ReportFacts } from './check-report.ts'
import { resultsOf, UNCHECKED } from './outcomes.ts'

// The severities in the colours and shapes of the import report.
const LOOKS: Readonly<Record<Severity, Standing>> = { critical: 'failed', warning: 'slower', info: 'unfinished' }

/** The checks as one page: what was found, the worst first, then what could not be checked, then what passed. */
export function checkPage(report: CheckReport, { host, version, at }: ReportFacts): string {
  const { results, findings, cost } = report
  const unchecked = resultsOf(report, ...UNCHECKED)
  const sentence = `${findings.length === 0 ? 'No findings' : formatQuantity(findings.length, 'finding')}${unchecked.length === 0 ? '' : `, and ${formatQuantity(unchecked.length, 'check')} could not be carried out`}.`
  const facts: readonly (readonly [string, Part])[] = [
    ['Passed', `${formatCount(resultsOf(report, 'passed').length)} of ${formatQuantity(results.length, 'check')}`],
    ['Server', `${host}, TiDB ${version}`],
    ['Cost', `${formatQuantity(cost.statements, 'statement')}, ${formatDuration(cost.ms)}`],
    ['Written', `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`],
  ]
  const mark = findings.length + unchecked.length === 0 ? '✓' : '✗'
  const body = markup`<a class="skip" href="#findings">Skip to the findings</a>
${iconShapes()}
<header>
<h1>Checks of a TiDB</h1>
<p class="sentence">${sentence}</p>
${factList(facts, 'run')}
</header>
<main id="findings" tabindex="-1">
${SEVERITIES.map((severity) => group(severity, findings))}
${list('Could not be carried out', unchecked)}
${list('Not applicable to this server', resultsOf(report, 'not-applicable'))}
${list('Passed', resultsOf(report, 'passed'))}
</main>
<footer><p>Written by vitest-tidb.</p></footer>`
  return page(`${mark} ${formatQuantity(findings.length, 'finding')} – ${host}`, body)
}

function group(severity: Severity, all: readonly Finding[]): Part {
  const findings = all.filter((finding) => finding.severity === severity)
  if (findings.length === 0) return undefined
  return markup`<section class="group" id="${severity}" aria-labelledby="h-${severity}">
<h2 id="h-${severity}">${severity[0]?.toUpperCase()}${severity.slice(1)} <span class="dim">${formatCount(findings.length)}</span></h2>
${findings.map(card)}</section>
`
}

function card({ severity, check, subject, message, advice, docs }: Finding): Markup {
  const look = LOOKS[severity]
  const page = docs === undefined ? '' : markup`<p><a href="${docs}">Documentation of ${check}</a></p>`
  return markup`<details class="job ${look}" open>
<summary>${icon(look)}<span class="word">${severity}</span><h3>${check}: ${subject.kind} ${subject.name}</h3></summary>
<div class="body"><section class="message"><p>${message}</p></section><section class="message"><h4>What to do</h4><p>${advice}</p>${page}</section></div>
</details>
`
}

function list(heading: string, results: readonly CheckResult[]): Part {
  if (results.length === 0) return undefined
  const items = results.map(
    ({ check, title, reason }) => markup`<li><b>${check}</b>: ${reason ?? title}</li>
`,
  )
  return markup`<section class="group">
<h2>${heading} <span class="dim">${formatCount(results.length)}</span></h2>
<ul>${items}</ul></section>
`
}
