import { expect, test } from 'vitest-tidb'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { serverEnv } from '../../fixtures/server-env.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'

// What is printed when nobody looks at a terminal: plain lines on standard error.

const RUN = { timeout: 180_000 }

function linesOf(output: string): string[] {
  return output.split('\n').filter((line) => line.includes('import job'))
}

test.for(['forks', 'threads', 'vmForks', 'vmThreads'])('plain lines from workers of %s', RUN, async (pool) => {
  // When vitest itself is coloured, too: in CI it is, without a terminal.
  const env = { ...serverEnv(), NO_COLOR: undefined }
  const { status, output, stdout } = await runVitest('import-progress', { env, args: ['--pool', pool] })
  expect(status).toBe(0)
  const lines = linesOf(output)
  expect(lines.join('\n')).not.toMatch(/[\p{Cc}--\n]|[█░]/v)
  expect(lines).toContain('✓ import job 1 orders (shop.orders): finished, 10,000,000 rows')
  expect(lines.filter((line) => /^[✓✗] /.test(line))).toHaveLength(15)
  expect(linesOf(stdout)).toEqual([])
})

test('a report on standard output stays as it is', RUN, async () => {
  const { status, output, stdout } = await runVitest('import-progress', {
    env: serverEnv(),
    args: ['--reporter', 'tap'],
  })
  expect(status).toBe(0)
  expect(stdout).toMatch(/^TAP version 13\n1\.\.1\nok 1 - jobs\.spec\.ts/m)
  expect(linesOf(stdout)).toEqual([])
  expect(linesOf(output).length).toBeGreaterThanOrEqual(15)
})

test('FORCE_COLOR colours the marks', RUN, async () => {
  const env = { ...serverEnv(), NO_COLOR: undefined, FORCE_COLOR: '1' }
  const { output } = await runVitest('import-progress', { env })
  expect(output).toContain('\x1b[31m✗\x1b[39m import job 2')
})

test('a list of tests and merged reports say nothing of import jobs', RUN, async () => {
  using folder = tempFolder()
  const list = await runVitest('import-progress', { env: serverEnv(), command: ['list'] })
  expect(list.output).toContain('jobs.spec.ts')
  const blob = ['--reporter', 'blob', '--outputFile', `${folder.path}/blob.json`]
  expect((await runVitest('import-progress', { env: serverEnv(), args: blob })).status).toBe(0)
  const merged = await runVitest('import-progress', { env: serverEnv(), args: ['--merge-reports', folder.path] })
  expect(merged.output).toContain('1 passed')
  expect(linesOf(list.output + merged.output)).toEqual([])
})
