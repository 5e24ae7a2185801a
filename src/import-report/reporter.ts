import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import type { Reporter, TestCase, TestModule, TestRunEndReason } from 'vitest/node'
import { firstLine } from '../errors.ts'
import type { ImportRecord } from '../import-jobs/import-record.ts'
import { workflowCommand } from './annotation.ts'
import { factsOf, type AssertedTest, type ReportFacts } from './facts.ts'
import { appendGitHubSummary, importJobSummaryMarkdown } from './job-summary.ts'
import { clean } from '../terminal-text.ts'
import { sentenceOf } from './sentence.ts'
import { reportFiles, writeImportReport } from './write-report.ts'

/** Characters of why a test failed. */
const MESSAGE = 4_000
/** Characters of why the run has no server. */
const LINE = 300

declare module 'vitest' {
  interface TaskMeta {
    /** The import jobs that this test watched; none if it asked about them and found none. */
    importJobs?: ImportRecord[]
  }
}

export interface ImportReporterOptions {
  /** The folder that the report is written to. */
  readonly dir: string
  /** Why the run has no server, in one line; undefined if it has one. */
  readonly noServer?: string | undefined
}

/**
 * Writes the report of all import jobs that tests watched, at the end of a run in which there was one or a test
 * asked for them, and of merged blob reports alike: a night without jobs, or without a server, leaves no report of
 * the night before. In GitHub Actions it adds to the job summary.
 */
export default class ImportReporter implements Reporter {
  readonly #dir: string
  readonly #noServer: string | undefined

  constructor({ dir, noServer }: ImportReporterOptions) {
    this.#dir = dir
    this.#noServer = noServer
  }

  async onTestRunEnd(modules: readonly TestModule[], _errors: unknown, reason: TestRunEndReason): Promise<void> {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    // Without a server no test could ask: what is there is of an earlier run.
    const isStale = this.#noServer !== undefined && existsSync(reportFiles(this.#dir).html)
    if (!tests.some(isAsking) && !isStale) return
    const records = tests.flatMap(recordsOf)
    const error = this.#noServer?.slice(0, LINE)
    const run = { outcome: reason, ...countTests(tests), ...(error !== undefined && { error }) }
    const facts = factsOf(records, { tests: { ...run, asserted: assertedOf(tests) } })
    try {
      const { html } = await writeImportReport(this.#dir, records, facts)
      const shown = relative(process.cwd(), html)
      process.stdout.write(
        `\nimport jobs: ${clean(sentenceOf(records, facts.tests).lead)} Report: ${shown.startsWith('..') ? html : shown}\n`,
      )
      if (process.env.GITHUB_ACTIONS === 'true') {
        for (const command of records.map(workflowCommand))
          if (command !== undefined) process.stdout.write(`${command}\n`)
      }
      await appendGitHubSummary(importJobSummaryMarkdown(records, facts))
    } catch (error) {
      // The other reporters have their say; the run fails, for a report was asked for and is not there.
      process.stderr.write(`\n${error instanceof Error ? error.message : firstLine(error)}\n`)
      process.exitCode ||= 1
    }
  }
}

/** The records of a test, each with the test that watched it. */
function recordsOf(test: TestCase): ImportRecord[] {
  const own = { file: test.module.relativeModuleId, name: test.fullName }
  return (test.meta().importJobs ?? []).map((record) => ({ test: own, ...record }))
}

/** Whether it asked about import jobs, though it may have found none. */
function isAsking(test: TestCase): boolean {
  return test.meta().importJobs !== undefined
}

/** What failed, and what was asserted of import jobs. */
function assertedOf(tests: readonly TestCase[]): AssertedTest[] {
  const asserted = tests
    .filter((test) => isAsking(test) || test.result().state === 'failed')
    .map((test): AssertedTest => {
      const { state, errors } = test.result()
      const message = errors?.map((error) => error.message).join('\n')
      return {
        file: test.module.relativeModuleId,
        name: test.fullName,
        result: state === 'pending' ? 'unfinished' : state,
        ...(message !== undefined && message !== '' && { message: message.slice(0, MESSAGE) }),
      }
    })
  return asserted.toSorted((one, other) => Number(other.result === 'failed') - Number(one.result === 'failed'))
}

function countTests(tests: readonly TestCase[]): Omit<NonNullable<ReportFacts['tests']>, 'outcome'> {
  const number = (state: string) => tests.filter((test) => test.result().state === state).length
  return { passed: number('passed'), failed: number('failed'), skipped: number('skipped') }
}
