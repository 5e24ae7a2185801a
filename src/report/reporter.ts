import type { Reporter, TestCase } from 'vitest/node'
import { formatStatement, slowestOf, type ShownStatement } from '../connection/slowest-statements.ts'
import { redact } from '../redact.ts'
import { clean } from '../terminal-text.ts'
import { formatFailureReport } from './failure-report.ts'

/**
 * Prints, after vitest's own summary, what the sessions of failed tests did, and why tests were skipped. The plugin
 * adds it.
 */
export default class TiDBReporter implements Reporter {
  #failed: TestCase[] = []
  #skipped: string[] = []
  #slowest: (ShownStatement & { readonly file: string })[] = []

  onTestRunStart(): void {
    this.#slowest = []
    this.#failed = []
    this.#skipped = []
  }

  onTestCaseResult(test: TestCase): void {
    const result = test.result()
    if (result.state === 'failed' && test.meta().tidb !== undefined) this.#failed.push(test)
    const file = test.module.relativeModuleId
    this.#slowest = slowestOf([...this.#slowest, ...(test.meta().statements ?? []).map((one) => ({ ...one, file }))])
    // vitest counts skipped tests and keeps their reasons to itself.
    if (result.state === 'skipped' && result.note !== undefined) {
      this.#skipped.push(clean(redact(`skipped: ${test.module.relativeModuleId} > ${test.fullName}: ${result.note}`)))
    }
  }

  onTestRunEnd(): void {
    for (const test of this.#failed) {
      const report = test.meta().tidb
      if (report === undefined) continue
      process.stderr.write(`\n${clean(`TiDB in ${test.module.relativeModuleId} > ${test.fullName}`)}\n`)
      process.stderr.write(`${formatFailureReport(report).replace(/^/gm, '  ')}\n`)
    }
    if (this.#skipped.length > 0) process.stderr.write(`\n${this.#skipped.join('\n')}\n`)
    if (this.#slowest.length === 0) return
    const lines = this.#slowest.map((one) => `${formatStatement(one)}  (${clean(one.file)})`)
    process.stderr.write(`\nslowest statements\n  ${lines.join('\n  ')}\n`)
  }
}
