import type { Reporter, TestCase } from 'vitest/node'
import { formatFailureReport } from './failure-report.ts'

/** Prints, after vitest's own summary, what the sessions of failed tests did. The plugin adds it. */
export default class TiDBReporter implements Reporter {
  #failed: TestCase[] = []

  onTestRunStart(): void {
    this.#failed = []
  }

  onTestCaseResult(test: TestCase): void {
    if (test.result().state === 'failed' && test.meta().tidb !== undefined) this.#failed.push(test)
  }

  onTestRunEnd(): void {
    for (const test of this.#failed) {
      const report = test.meta().tidb
      if (report === undefined) continue
      process.stderr.write(`\nTiDB in ${test.module.relativeModuleId} > ${test.fullName}\n`)
      process.stderr.write(`${formatFailureReport(report).replace(/^/gm, '  ')}\n`)
    }
  }
}
