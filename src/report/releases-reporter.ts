import type { Reporter, TestCase } from 'vitest/node'
import { formatQuantity } from '../number-format.ts'
import { clean } from '../terminal-text.ts'

/** Prints, after vitest's own summary, which tests ended otherwise on one release than on another. */
export class ReleasesReporter implements Reporter {
  readonly #releases: readonly string[]
  /** By the name of the test and that of the release: how it ended. */
  #ends = new Map<string, Map<string, string>>()

  constructor(releases: readonly string[]) {
    this.#releases = releases
  }

  onTestRunStart(): void {
    this.#ends = new Map()
  }

  onTestCaseResult(test: TestCase): void {
    const { name } = test.project
    const { state } = test.result()
    if (!this.#releases.includes(name)) return
    const key = `${test.module.relativeModuleId} > ${test.fullName}`
    const ends = this.#ends.get(key) ?? new Map<string, string>()
    this.#ends.set(key, ends.set(name, state))
  }

  onTestRunEnd(): void {
    // Of what was carried out on none of them, nothing is known.
    for (const [key, ends] of this.#ends) {
      if ([...ends.values()].every((state) => state === 'skipped')) this.#ends.delete(key)
    }
    const ran = this.#releases.filter((release) => [...this.#ends.values()].some((ends) => ends.has(release)))
    if (ran.length < 2) return
    const between = `${ran.slice(0, -1).join(', ')} and ${ran.at(-1)}`
    // In no order that a run happens to have.
    const lines = [...this.#ends]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([test, ends]) => {
        const said = ran.map((release) => `${ends.get(release) ?? 'not run'} on ${release}`)
        return new Set(ran.map((release) => ends.get(release))).size === 1
          ? []
          : [`  ${clean(test)}: ${said.join(', ')}`]
      })
    const many = formatQuantity(this.#ends.size, 'test')
    const head =
      lines.length === 0 ? `${many}, alike on ${between}` : `differences between ${between}: ${lines.length} of ${many}`
    process.stderr.write(`\n${[head, ...lines].join('\n')}\n`)
  }
}
