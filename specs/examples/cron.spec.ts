import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest-tidb'
import { PATH } from '../../fixtures/path.ts'
import type { RunningCommand } from './run-command.ts'
import { exampleFile, test as base } from './test.ts'

const LIMIT = { timeout: 180_000 }
const has = (command: string) => spawnSync('which', [command]).status === 0

/** What a crontab says: its variables, and the command of its one line. */
function readCrontab(text: string) {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const variables = lines.flatMap((line) => {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? []
    return name === undefined ? [] : [[name, value] as const]
  })
  const jobs = lines.slice(variables.length).map((line) => /^(?:\S+ ){5}(.*)$/.exec(line)?.[1] ?? '')
  return { variables: Object.fromEntries(variables), jobs }
}

const test = base.extend('cron', async ({ start, project, night, skip }) => {
  skip(!has('flock'), 'the script of the example needs flock, of util-linux')
  const home = join(project, '..')
  // The folder that the line of the crontab names.
  symlinkSync(project, join(home, 'nightly-imports'))
  copyFileSync(exampleFile('cron/nightly.sh'), join(project, 'nightly.sh'))
  chmodSync(join(project, 'nightly.sh'), 0o755)
  const passwordFile = join(home, '.tidb-password')
  copyFileSync(night.passwordFile, passwordFile)
  chmodSync(passwordFile, 0o600)
  const settings = Object.entries(night.env).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(join(project, '.env'), settings.filter((line) => line.startsWith('TIDB_')).join(''))
  const { variables, jobs } = readCrontab(readFileSync(exampleFile('cron/nightly.crontab'), 'utf8'))
  expect(jobs).toHaveLength(1)
  const logs = join(project, 'logs')
  const log = () =>
    (existsSync(logs) ? readdirSync(logs) : [])
      .filter((name) => name.endsWith('.log'))
      .map((name) => readFileSync(join(logs, name), 'utf8'))
      .join('')
  const begin = (): RunningCommand => {
    // As cron does: its own environment, a shell, and the line.
    const running = start([variables['SHELL'] ?? '', '-c', jobs[0] ?? ''], {
      ...variables,
      PATH: `${PATH}:${variables['PATH']}`,
      HOME: home,
      LOGNAME: 'nightly',
    })
    return { ...running, output: log }
  }
  return { logs, log, begin, passwordFile }
})

test('a good night says nothing, and leaves a log, a report and a history', LIMIT, async ({ cron, night, project }) => {
  const run = cron.begin()
  await night.play('good', run)
  expect(await run.ended).toEqual({ status: 0, output: '' })
  expect(cron.log()).toMatch(/Tests {2}1 passed/)
  const date = /^\d{4}-\d\d-\d\d/
  expect(
    readdirSync(cron.logs)
      .map((name) => name.replace(date, 'DATE'))
      .toSorted(),
  ).toEqual(['DATE-report', 'DATE.log', 'lock'])
  expect(readdirSync(join(project, 'import-history'))).toHaveLength(2)
})

test('a night that failed says why, which cron mails, and keeps its exit status', LIMIT, async ({ cron, night }) => {
  const run = cron.begin()
  await night.play('failing', run)
  const { status, output } = await run.ended
  expect(output).toMatch(/^the imports of [-\d]+: exit status 1, all of it in .*\.log\n/)
  expect(output).toContain('line 500001: value out of range')
  expect(status).toBe(1)
})

test('a night does not begin while the one before is watched', LIMIT, async ({ cron, project }) => {
  appendFileSync(join(project, '.env'), 'TIDB_IMPORT_MONITOR_SECONDS=3\n')
  const first = cron.begin()
  await expect.poll(cron.log, { timeout: 30_000 }).toContain('RUN')
  expect(await cron.begin().ended).toEqual({
    status: 75,
    output: 'the night before is still being watched: this one was not\n',
  })
  expect(await first.ended).toMatchObject({ status: 1 })
})

test('a password that others may read is not used', LIMIT, async ({ cron }) => {
  chmodSync(cron.passwordFile, 0o644)
  const { status, output } = await cron.begin().ended
  expect(output).toContain('chmod 600')
  expect(status).toBe(78)
})

base('the script is clean', ({ skip }) => {
  skip(!has('shellcheck'), 'shellcheck is not here: apt-get install shellcheck')
  expect(spawnSync('shellcheck', [exampleFile('cron/nightly.sh')], { encoding: 'utf8' }).stdout).toBe('')
})
