import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest-tidb'
import { pathWithoutGo } from '../../fixtures/path-without-go.ts'
import { runCli } from '../../fixtures/run-cli.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { processSpace } from '../../src/server/process-identity.ts'

const RUN = { timeout: 180_000 }

/** A machine without Docker, Go and cache, as far as one can be had. */
function bare(folder: string): NodeJS.ProcessEnv {
  const nowhere = `unix://${folder}/docker.sock`
  return { PATH: pathWithoutGo(folder), HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), DOCKER_HOST: nowhere }
}

test('a machine that has nothing is told why a run would have no TiDB', RUN, async () => {
  using folder = tempFolder()
  const { stdout, status } = await runCli(['doctor'], bare(folder.path))
  expect(status).toBe(1)
  expect(stdout).toContain('- docker: there is no Docker engine')
  expect(stdout).toContain('- go: there is no Go: a tidb-server can not be built here')
  expect(stdout).toContain('- tidb-server: there is no tidb-server yet')
  expect(stdout).toContain('left by dead runs: nothing')
  expect(stdout).toMatch(/✗ a run here: nothing: no host is configured; there is no Docker engine .*; there is no Go/)
})

test('settings are told with their source, and without secrets', RUN, async () => {
  using folder = tempFolder()
  const env = { ...bare(folder.path), TIDB_URL: 'mysql://me:hunter2@db.example:4001/shop', TIDB_RETRIES: '7' }
  const { stdout, status } = await runCli(['doctor'], env)
  expect(status).toBe(0)
  expect(stdout).toContain('TIDB_URL=*** (environment)')
  expect(stdout).toContain('TIDB_RETRIES=7 (environment)')
  expect(stdout).toContain('✓ a run here: the host db.example:4001, which is configured')
  expect(stdout).not.toContain('hunter2')
  const json = await runCli(['doctor', '--json'], { ...env, TIDB_RETRIES: 'many' })
  expect(json.status).toBe(1)
  expect(json.stdout).not.toContain('hunter2')
  expect(JSON.parse(json.stdout)).toMatchObject({
    ok: false,
    problems: [expect.stringContaining('TIDB_RETRIES (environment) is "many"')],
    settings: expect.arrayContaining([{ name: 'TIDB_STRICT', value: 'false', from: 'default' }]) as unknown[],
  })
})

test('what a dead run left is told, and removed if asked', RUN, async () => {
  using folder = tempFolder()
  const runs = join(folder.path, 'cache', 'vitest-tidb', 'runs')
  mkdirSync(runs, { recursive: true })
  const left = mkdtempSync(join(tmpdir(), 'vitest-tidb-server-'))
  const ended = spawn('true')
  await new Promise((resolve) => ended.once('exit', resolve))
  const owner = { space: processSpace(), processes: [{ pid: ended.pid, startTime: '1' }] }
  const lines = [{ owner }, { id: 1, remains: { kind: 'folder', path: left } }]
  writeFileSync(join(runs, '1-1.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const told = await runCli(['doctor'], bare(folder.path))
  expect(told.stdout).toContain(`left by dead runs (--clean removes it):\n  ${left}\n`)
  expect(existsSync(left)).toBe(true)
  const { PATH: _, ...env } = bare(join(folder.path, 'cache'))
  const cleaned = await runCli(['doctor', '--clean'], {
    ...env,
    HOME: folder.path,
    XDG_CACHE_HOME: join(folder.path, 'cache'),
  })
  expect(cleaned.stderr).toContain(`cleared away the remains of a killed run: ${left}`)
  expect(cleaned.stdout).toContain('left by dead runs: nothing')
  expect(existsSync(left)).toBe(false)
})
