import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ImportRecord } from 'vitest-tidb'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'

test('a whole run: what fails it, its history and its report', { timeout: 180_000 }, async () => {
  using temp = tempFolder()
  const folder = temp.path
  const history = join(folder, 'history')
  const env = { TIDB_IMPORT_HISTORY_DIR: history, TIDB_IMPORT_REPORT_DIR: join(folder, 'report') }
  const junit = ['--reporter', 'default', '--reporter', 'junit', '--outputFile.junit', join(folder, 'junit.xml')]
  const { status, output } = await runVitest('import-jobs', { env, args: junit })
  expect(status).toBe(1)
  expect(output).toMatch(/Tests {2}8 failed \| 3 passed/)
  for (const [name, reason] of [
    ['fails', 'to finish, but it failed with 500,000 rows'],
    ['is left running', /LeftOpenError: the test left import job \d+ \(orders\) running: it was cancelled/],
    [
      'can not be played on',
      /gave up waiting for import job \d+ to end: .*running.*; the job script refused.yaml could not/,
    ],
    [
      'can not be played on, and nobody asks',
      /JobScriptError: the job script refused.yaml could not be continued from job/,
    ],
    [
      'can not be played on, and nobody watches',
      /FAIL {2}imports.spec.ts > can not be played on, and nobody watches\nJobScriptError: /,
    ],
    ['takes longer than the test may', 'TestTimeoutError: Test timed out in 1000ms'],
    ['is not awaited', 'LeftOpenError: expect(…).toFinish() was not awaited'],
    ['is never asked for', 'the test took the fixture `importJobs` and never reached the server with it'],
  ] as const) {
    expect(output).toContain(`FAIL  imports.spec.ts > ${name}\n`)
    expect(output).toMatch(reason)
  }

  // In the terminal, with why.
  expect(output).toMatch(/✗ import job \d+ .*: failed at importing, 500,000 rows: \[Lightning:Restore:ErrEncodeKV\]/)
  expect(output).toMatch(
    /TiDB in imports.spec.ts > takes longer than the test may\n {2}import job \d+ \(orders\) at \S+: running, [\d,]+ rows; longest time without progress: [\d.]+ m?s\n +[\d.]+ m?s {2}seen /,
  )

  const files = readdirSync(history)
  expect(files).toHaveLength(3)
  const lines = files.flatMap((file) => readFileSync(join(history, file), 'utf8').trim().split('\n'))
  const kept = lines.map((line) => JSON.parse(line) as ImportRecord)
  expect(kept.map(({ name, outcome }) => `${name} ${outcome}`).toSorted()).toEqual([
    'failing orders failed',
    'orders cancelled',
    'orders failed',
    'orders finished',
    'orders running',
    'orders running',
    'orders running',
    'paced finished',
  ])
  expect(new Set(kept.map(({ run }) => run)).size).toBe(1)

  const report = JSON.parse(readFileSync(join(folder, 'report', 'import-jobs.json'), 'utf8')) as {
    jobs: ImportRecord[]
  }
  const faults = report.jobs.filter((job) => job.faults.length > 0)
  expect(faults.map(({ test }) => test?.name ?? '').toSorted()).toEqual([
    'can not be played on',
    'fails',
    'is left running',
    'takes longer than the test may',
  ])
  expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toMatch(
    /<property name="import-job" value="import job \d+, orders, into [^"]*: finished, 1,000,000 rows/,
  )
  expect(readFileSync(join(folder, 'report', 'index.html'), 'utf8')).toContain('&lt;script&gt;alert')
})

test('without a history, a job has nothing to keep its pace with: that fails', { timeout: 180_000 }, async () => {
  using temp = tempFolder()
  const env = { TIDB_IMPORT_REPORT_DIR: temp.path }
  const { output } = await runVitest('import-jobs', { env, args: ['-t', 'has no history'] })
  expect(output).toContain('ConfigError: toKeepPace() has no history to compare with')
  expect(output).toMatch(/Tests {2}1 failed/)
})
