import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { whyNoBinary } from '../../fixtures/local-binary.ts'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { serverEnv } from '../../fixtures/server-env.ts'

interface Report {
  testResults: {
    assertionResults: { title: string; meta: { tidb?: { sessions: { name: string; history: unknown[] }[] } } }[]
  }[]
}

test('the report of a failed test carries history and statements, and no password', { timeout: 180_000 }, async () => {
  const args = ['--reporter=default', '--reporter=./fixtures/projects/failing/attachments.ts']
  const { status, output } = await runVitest('failing', { env: serverEnv(), args })
  expect(status).toBe(1)
  expect(output).toMatch(/Tests {2}3 failed \| 1 passed/)
  expect(output).toMatch(/attached to an assertion fails: text\/plain tidb at /)
  expect(output).toMatch(/attached to a history shows [^\n]*: image\/svg\+xml <svg [^]*lost update/)
  expect(output).toContain('TiDB in failing.spec.ts > an assertion fails')
  expect(output).toMatch(/✓ Connecting \([\d.]+ m?s\): connection \d+/)
  expect(output).toMatch(/[\d.]+ m?s {2}select \* from no_such_table → error 1146/)
  expect(output).toContain("create user if not exists nobody identified by '***'")
  expect(output).not.toContain('hunter2')
  // The error of a statement points at the line of the spec.
  expect(output).toMatch(/StatementError: statement failed .*no_such_table[^]*❯ failing\.spec\.ts:\d+:/)
})

test("the server's log is in the report when the server is ours", { timeout: 180_000 }, async ({ skip }) => {
  const why = await whyNoBinary()
  skip(why !== undefined, why)
  const { output } = await runVitest('failing', { env: { TIDB_PROVIDER: 'binary' } })
  expect(output).toMatch(/end of the server's log:\n\s+\[\d{4}\/\d\d\/\d\d/)
  expect(output).not.toContain('hunter2')
})

test('the JSON report carries the same as data', { timeout: 180_000 }, async () => {
  using folder = tempFolder()
  const file = join(folder.path, 'report.json')
  await runVitest('failing', { env: serverEnv(), args: ['--reporter=json', `--outputFile=${file}`] })
  const text = readFileSync(file, 'utf8')
  expect(text).not.toContain('hunter2')
  const json = JSON.parse(text) as Report
  const failed = json.testResults[0]?.assertionResults.find(({ title }) => title === 'a statement fails')
  expect(failed?.meta.tidb?.sessions[0]).toMatchObject({ name: 'tidb', history: expect.any(Array) as unknown[] })
})

test('a skipped test says why', { timeout: 180_000 }, async () => {
  const { status, output } = await runVitest('skipping', { env: serverEnv() })
  expect(status).toBe(0)
  expect(output).toContain('skipped: skipping.spec.ts > needs a cluster: needs more than this')
})
