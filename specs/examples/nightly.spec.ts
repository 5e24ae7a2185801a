import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest-tidb'
import { PATH } from '../../fixtures/path.ts'
import { test, type Night, type Start } from './test.ts'

const LIMIT = { timeout: 180_000 }

interface Parts {
  readonly start: Start
  readonly project: string
  readonly night: Night
}

/** Runs the project as its script `nightly` does, beside the jobs of a night. */
function begin({ start, project, night }: Parts, more: NodeJS.ProcessEnv = {}) {
  const { env, passwordFile } = night
  const settings = { ...env, TIDB_PASSWORD_FILE: passwordFile, ...more }
  return start(['npm', 'run', 'nightly'], { PATH, HOME: project, CI: 'true', ...settings })
}

interface Report {
  readonly jobs: readonly { readonly name: string; readonly outcome: string; readonly faults: readonly string[] }[]
}

function reported(project: string): Report['jobs'] {
  const { jobs } = JSON.parse(readFileSync(join(project, 'import-report/import-jobs.json'), 'utf8')) as Report
  return jobs
}

test('a good night passes, and leaves a report and a history', LIMIT, async ({ start, project, night }) => {
  let run = begin({ start, project, night })
  await night.play('good', run)
  const first = await run.ended
  expect(first.output).toMatch(/Tests {2}1 passed/)
  expect(first.status).toBe(0)
  // The watch ended with the last job, long before its time was up.
  expect(first.output).toContain('✓ import job 1')
  expect(readFileSync(join(project, 'import-report/index.html'), 'utf8')).toContain('orders')
  expect(
    reported(project)
      .map(({ name, outcome }) => `${name} ${outcome}`)
      .toSorted(),
  ).toEqual(['`shop`.`customers` finished', '`shop`.`orders` finished'])

  run = begin({ start, project, night })
  await night.play('good', run)
  expect(await run.ended).toMatchObject({ status: 0 })
  const histories = readdirSync(join(project, 'import-history')).map((file) =>
    readFileSync(join(project, 'import-history', file), 'utf8')
      .trim()
      .split('\n'),
  )
  expect(histories.map((lines) => lines.length)).toEqual([2, 2])
})

test.for([
  ['failing', 'to progress every 5 min, but it failed', '`shop`.`orders` failed'],
  [
    'with few orders',
    'to have imported 1,000,000 or more rows, but it finished with 999,999 rows',
    '`shop`.`orders` finished',
  ],
] as const)('a night %s fails', LIMIT, async ([kind, reason, end], { start, project, night }) => {
  const run = begin({ start, project, night })
  await night.play(kind, run)
  const { status, output } = await run.ended
  expect(output).toContain(reason)
  expect(status).toBe(1)
  const faults = reported(project).filter((job) => job.faults.length > 0)
  expect(faults.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([end])
})

test('a night in which an import did not come fails', LIMIT, async ({ start, project, night }) => {
  const run = begin({ start, project, night }, { TIDB_IMPORT_MONITOR_SECONDS: '8' })
  await night.play('without customers', run)
  const { status, output } = await run.ended
  expect(output).toContain('imports that were expected and did not run while this watched')
  expect(output).toMatch(/\+ {3}"`shop`\.`customers`",/)
  expect(status).toBe(1)
})

test('a night without imports fails', LIMIT, async ({ start, project, night }) => {
  const { status, output } = await begin({ start, project, night }, { TIDB_IMPORT_MONITOR_SECONDS: '1' }).ended
  expect(output).toContain('imports that were expected and did not run while this watched')
  expect(status).toBe(1)
})

test('a night without an address fails at once', LIMIT, async ({ start, project, night }) => {
  const { status, output } = await begin({ start, project, night }, { TIDB_HOST: '', TIDB_PORT: '' }).ended
  expect(output).toContain('TIDB_HOST')
  expect(output).not.toContain('1 passed')
  expect(status).toBe(1)
})
