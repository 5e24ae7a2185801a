import { relative } from 'node:path'
import type { Reporter, TestCase, TestModule, TestRunEndReason } from 'vitest/node'
import { firstLine } from '../errors.ts'
import type { ImportRecord } from '../import-jobs/import-record.ts'
import { workflowCommand } from './annotation.ts'
import { factsOf, type ReportFacts } from './facts.ts'
import { appendGitHubSummary, importJobSummaryMarkdown } from './job-summary.ts'
import { clean } from '../terminal-text.ts'
import { sentenceOf } from './sentence.ts'
import { writeImportReport } from './write-report.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** The import jobs that this test watched. */
    importJobs?: ImportRecord[]
  }
}

export interface ImportReporterOptions {
  /** The folder that the report is written to. */
  readonly dir: string
}

/**
 * Writes the report of all import jobs that tests watched, at the end of a run in which there was one, and of merged
 * blob reports alike. In GitHub Actions it adds to the job summary.
 */
export default class ImportReporter implements Reporter {
  readonly #dir: string

  constructor({ dir }: ImportReporterOptions) {
    this.#dir = dir
  }

  async onTestRunEnd(modules: readonly TestModule[], _errors: unknown, reason: TestRunEndReason): Promise<void> {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const records = tests.flatMap(recordsOf)
    if (records.length === 0) return
    const facts = factsOf(records, { tests: { outcome: reason, ...countTests(tests) } })
    try {
      const { html } = await writeImportReport(this.#dir, records, facts)
      const shown = relative(process.cwd(), html)
      process.stdout.write(
        `\nimport jobs: ${clean(sentenceOf(records).lead)} Report: ${shown.startsWith('..') ? html : shown}\n`,
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

function countTests(tests: readonly TestCase[]): Omit<NonNullable<ReportFacts['tests']>, 'outcome'> {
  const number = (state: string) => tests.filter((test) => test.result().state === state).length
  return { passed: number('passed'), failed: number('failed'), skipped: number('skipped') }
}
