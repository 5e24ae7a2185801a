import { changesGlobals, databasesIn } from './global-change.ts'
import type { SqlFileKind, SqlScript, Stage } from './script.ts'
import { isCase, titleOf, type Step } from './test-command.ts'
import { parseTest } from './test-language.ts'
import { TestRun } from './test-run.ts'

/** How much of a statement is the name of its test, in characters. */
const NAMED = 120

/** Files of mysqltest, as mysql-tester runs them: `.test` with the result in a `.result`. */
export const testFile: SqlFileKind = {
  extension: '.test',
  read(text, file): SqlScript {
    const steps = parseTest(text, file)
    const indexes = steps.flatMap((step, index) => (isCase(step) ? [index] : []))
    const cases = indexes.flatMap((index) => {
      const step = steps[index]
      return step === undefined ? [] : [{ line: step.at, name: `${step.at}: ${nameOf(step)}` }]
    })
    const end = text.split('\n').length
    return {
      cases: [...cases, { line: end, name: `${end}: the end of the result` }],
      global: cases.filter((_, at) => changesGlobals(sqlOf(steps[indexes[at] ?? 0]))),
      databases: indexes.flatMap((index) => databasesIn(sqlOf(steps[index]))),
      hasResultFile: true,
      includes: [...new Set(steps.map((step) => step.file))].filter((name) => name !== file),
      async begin(stage: Stage) {
        const run = new TestRun({ steps, cases: indexes, lines: end }, stage)
        await run.begin()
        return run
      },
    }
  },
}

function sqlOf(step: Step | undefined): string {
  return step?.kind === 'statement' ? step.sql : step?.kind === 'command' ? step.argument : ''
}

/** One line, and not too long. */
function nameOf(step: Step): string {
  const line = titleOf(step)
    .slice(0, 2 * NAMED)
    .replace(/\s+/g, ' ')
    .trim()
  return line.length > NAMED ? `${line.slice(0, NAMED - 1)}…` : line
}
