import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { closedPort } from '../../fixtures/closed-port.ts'
import { oneImportRecord } from '../../fixtures/import-records.ts'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { factsOf } from '../../src/import-report/facts.ts'
import { writeImportReport } from '../../src/import-report/write-report.ts'
import type { ImportReportJson } from '../../src/import-report/json-report.ts'

// What a run of vitest leaves behind. No server is needed for it.

const SPEC = fileURLToPath(new URL('../../fixtures/projects/import-report/watched.spec.ts', import.meta.url))
const RUN = { timeout: 180_000 }

function dataIn(folder: string): ImportReportJson {
  return JSON.parse(readFileSync(join(folder, 'report/import-jobs.json'), 'utf8')) as ImportReportJson
}

function envOf(folder: string): NodeJS.ProcessEnv {
  return { REPORT_DIR: join(folder, 'report'), GITHUB_STEP_SUMMARY: join(folder, 'summary.md') }
}

/** The lines of the project's spec that annotate. */
function annotatingLines(): number[] {
  const spec = readFileSync(SPEC, 'utf8')
  return spec.split('\n').flatMap((line, index) => (line.includes('await annotate(') ? [index + 1] : []))
}

test('a run in which jobs were watched leaves its report, and says where', RUN, async () => {
  using folder = tempFolder()
  const { status, output } = await runVitest('import-report', { env: envOf(folder.path) })
  expect(status).toBe(1)
  expect(output).toContain('import jobs: 1 of 2 import jobs failed. Report: ')
  expect(output).toContain(join(folder.path, 'report/index.html'))
  const { jobs, tests } = dataIn(folder.path)
  expect(tests).toMatchObject({ outcome: 'failed', passed: 2, failed: 1, skipped: 0 })
  expect(tests?.asserted).toEqual([
    {
      ...{ file: 'watched.spec.ts', name: 'payments are imported', result: 'failed' },
      message: expect.stringContaining("expected 'failed' to be 'finished'") as string,
    },
    { file: 'watched.spec.ts', name: 'orders are imported', result: 'passed' },
  ])
  expect(jobs.map(({ standing, test: watchedBy }) => [standing, watchedBy])).toEqual([
    ['failed', { file: 'specs/nightly/analytics.spec.ts', name: 'analytics > payments is imported by the morning' }],
    ['fine', { file: 'watched.spec.ts', name: 'orders are imported' }],
  ])
  expect(readFileSync(join(folder.path, 'report/index.html'), 'utf8')).toContain('1 of 2 import jobs failed.')
})

test('what is annotated stands in JUnit, in GitHub at the line of the spec, and in its summary', RUN, async () => {
  using folder = tempFolder()
  const junitFile = join(folder.path, 'junit.xml')
  const { output } = await runVitest('import-report', { env: { ...envOf(folder.path), JUNIT_FILE: junitFile } })
  const junit = readFileSync(junitFile, 'utf8')
  expect(junit).toMatch(/<property name="notice" value="import job 30001, nightly orders, [^"]*usual pace/)
  expect(junit).toMatch(/<property name="error" value="import job 30004, nightly payments, [^"]*: failed, /)
  const [notice, error] = annotatingLines()
  expect(output).toContain(`::notice file=${SPEC},line=${notice},column=9::import job 30001, nightly orders`)
  expect(output).toContain(`::error file=${SPEC},line=${error},column=11::import job 30004, nightly payments`)
  const summary = readFileSync(join(folder.path, 'summary.md'), 'utf8')
  expect(summary).toContain('| ❌ Failed | nightly payments |')
  // vitest's own, in the same file.
  expect(summary).toContain('Vitest Test Report')
})

test('a run without a job leaves no report', RUN, async () => {
  using folder = tempFolder()
  const { status, output } = await runVitest('import-report', { env: envOf(folder.path), args: ['unwatched'] })
  expect(status).toBe(0)
  expect(output).not.toContain('import jobs')
  expect(existsSync(join(folder.path, 'report/index.html'))).toBe(false)
})

test(
  'a run that failed before any of its tests replaces the report of the night before, and says why',
  RUN,
  async () => {
    using folder = tempFolder()
    const dir = join(folder.path, 'report')
    const port = String(await closedPort())
    const env = {
      TIDB_PROVIDER: 'host',
      TIDB_HOST: '127.0.0.1',
      TIDB_PORT: port,
      TIDB_RETRIES: '0',
      TIDB_IMPORT_REPORT_DIR: dir,
    }
    await runVitest('passing', { env })
    // Whoever has no report gets none.
    expect(existsSync(dir)).toBe(false)
    await writeImportReport(dir, [oneImportRecord()], factsOf([oneImportRecord()]))
    const { status, output } = await runVitest('passing', { env })
    expect(status).toBe(1)
    const lead = `The run failed, before any of its tests: Connecting failed at 127.0.0.1:${port}: connection refused`
    expect(output).toContain(`import jobs: ${lead}`)
    const { jobs, summary } = dataIn(folder.path)
    expect({ jobs, lead: summary.lead }).toEqual({ jobs: [], lead: expect.stringContaining(lead) as string })
    expect(readFileSync(join(dir, 'index.html'), 'utf8')).toContain(lead)
  },
)

test('a run that asked about import jobs and found none replaces the report of the night before', RUN, async () => {
  using folder = tempFolder()
  const env = { ...envOf(folder.path), ASKED: '1' }
  await runVitest('import-report', { env, args: ['watched', '-t', 'orders'] })
  expect(dataIn(folder.path).jobs).toHaveLength(1)
  const { output } = await runVitest('import-report', { env, args: ['unwatched'] })
  expect(output).toContain('import jobs: No import job was watched. Report: ')
  expect(dataIn(folder.path)).toMatchObject({ jobs: [], summary: { lead: 'No import job was watched.' } })
})

test('shards leave one report when they are merged', RUN, async () => {
  using folder = tempFolder()
  const env = envOf(folder.path)
  const blobs = join(folder.path, 'blobs')
  for (const shard of [1, 2]) {
    const args = [`--shard=${shard}/2`, '--reporter=blob', `--outputFile=${join(blobs, `${shard}.json`)}`]
    await runVitest('import-report', { env, args })
  }
  expect(readdirSync(blobs)).toHaveLength(2)
  const { output } = await runVitest('import-report', { env, args: [`--merge-reports=${blobs}`] })
  expect(output).toContain('import jobs: 1 of 2 import jobs failed.')
  const { jobs, tests } = dataIn(folder.path)
  expect(jobs.map(({ name }) => name)).toEqual(['nightly payments', 'nightly orders'])
  expect(tests).toMatchObject({ passed: 2, failed: 1 })
})

test('a report that can not be written fails the run', RUN, async () => {
  using folder = tempFolder()
  writeFileSync(join(folder.path, 'file'), '')
  const env = { REPORT_DIR: join(folder.path, 'file/report') }
  const { status, output } = await runVitest('import-report', { env, args: ['-t', 'orders'] })
  expect(output).toContain('1 passed')
  expect(status).toBe(1)
  expect(output).toContain(`the report of import jobs can't be written to ${env.REPORT_DIR}: ENOTDIR`)
  expect(output).toContain('try: set TIDB_IMPORT_REPORT_DIR')
})
