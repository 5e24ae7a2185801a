import type { AssertedTest } from './facts.ts'
import { longText } from './long-text.ts'
import { markup, type Markup, type Part } from './markup.ts'
import { formatCount } from '../number-format.ts'

/** Beyond that, tests are counted. */
const MOST = 100

/** The tests that failed, each with why. */
export function failuresSection(asserted: readonly AssertedTest[]): Part {
  return section(
    'failures',
    'Tests that failed',
    asserted.filter(({ result }) => result === 'failed'),
  )
}

/** The tests that did not fail and asked about import jobs. */
export function assertedSection(asserted: readonly AssertedTest[]): Part {
  return section(
    'asserted',
    'What else the run asserted',
    asserted.filter(({ result }) => result !== 'failed'),
  )
}

function section(id: string, heading: string, tests: readonly AssertedTest[]): Part {
  if (tests.length === 0) return undefined
  const more = tests.length - MOST
  return markup`<section class="group asserted" id="${id}" aria-labelledby="h-${id}">
<h2 id="h-${id}">${heading} <span class="dim">${formatCount(tests.length)}</span></h2>
<ul>${tests.slice(0, MOST).map(line)}</ul>${more > 0 && markup`<p class="dim">${formatCount(more)} more are in import-jobs.json.</p>`}</section>
`
}

function line({ file, name, result, message = '' }: AssertedTest): Markup {
  const sign = result === 'failed' ? '✗' : result === 'passed' ? '✓' : '–'
  const why = message !== '' && markup`<div class="why">${longText(message)}</div>`
  return markup`<li class="${result}">${sign} <bdi>${name}</bdi> <span class="dim">${result}, ${file}</span>${why}</li>`
}
