import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { vi } from 'vitest'
import { expect, loadConfig, test } from 'vitest-tidb'
import { alive } from '../../fixtures/alive.ts'
import { whyNoBinary } from '../../fixtures/local-binary.ts'
import { processes } from '../../fixtures/processes.ts'
import { runVitest, startVitest, type RunningVitest } from '../../fixtures/run-vitest.ts'
import { serverEnv } from '../../fixtures/server-env.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { cacheFolder } from '../../src/server/cache.ts'

const RUN = { timeout: 180_000 }
const WAIT = { timeout: 60_000, interval: 50 }

test.for(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
  '%s of vitest leaves no process and no folder',
  RUN,
  async (signal, { tidbServer, skip }) => {
    const provider = tidbServer.provider === 'host' ? 'binary' : tidbServer.provider
    const why = provider === 'binary' ? await whyNoBinary() : undefined
    skip(why !== undefined, why)
    using temp = tempFolder()
    const run = startVitest('sleeping', { env: { TIDB_PROVIDER: provider, TMPDIR: temp.path } })
    await vi.waitUntil(() => run.output().includes('asleep'), WAIT)
    expect(readdirSync(temp.path)).not.toEqual([])
    if (provider === 'binary') expect(await processes(temp.path)).not.toEqual([])
    run.child.kill(signal)
    await run.ended
    await vi.waitUntil(async () => (await processes(temp.path)).length === 0, WAIT)
    // Node's own compile cache is not ours to clear.
    await vi.waitUntil(() => readdirSync(temp.path).filter((name) => name.includes('tidb')).length === 0, WAIT)
  },
)

test('SIGKILL of vitest leaves no database on a host', RUN, async ({ tidb }) => {
  const run = startVitest('sleeping', { env: serverEnv() })
  await vi.waitUntil(() => run.output().includes('asleep'), WAIT)
  const prefix = /asleep in (vitest_tidb_[0-9a-f]+_)/.exec(run.output())?.[1] ?? ''
  const left = () =>
    tidb.query('select schema_name from information_schema.schemata where left(schema_name, ?) = ?', [
      prefix.length,
      prefix,
    ])
  expect(prefix).not.toBe('')
  expect((await left()).length).toBeGreaterThan(0)
  run.child.kill('SIGKILL')
  await run.ended
  await vi.waitUntil(async () => (await left()).length === 0, WAIT)
})

/** Ends a run with everything that would clear up after it. */
async function killWithWatchdog(run: RunningVitest, runs: string): Promise<void> {
  const [file = ''] = readdirSync(runs)
  const [line = ''] = readFileSync(join(runs, file), 'utf8').split('\n')
  const { owner } = JSON.parse(line) as { owner: { processes: { pid: number }[] } }
  for (const { pid } of owner.processes.toReversed()) process.kill(pid, 'SIGKILL')
  await run.ended
}

test('what a run leaves that is killed together with its watchdog, the next one clears away', RUN, async ({ skip }) => {
  skip(process.platform !== 'linux', 'looks into /proc')
  const why = await whyNoBinary()
  skip(why !== undefined, why)
  using temp = tempFolder()
  const env = {
    TIDB_PROVIDER: 'binary',
    TIDB_CACHE_DIR: cacheFolder(loadConfig().config),
    XDG_CACHE_HOME: join(temp.path, 'cache'),
    TMPDIR: temp.path,
  }
  const runs = join(temp.path, 'cache', 'vitest-tidb', 'runs')
  const run = startVitest('sleeping', { env })
  await vi.waitUntil(() => run.output().includes('asleep'), WAIT)
  const [server = ''] = await processes(`unistore -path ${temp.path}`)
  await killWithWatchdog(run, runs)
  expect(alive(Number(server))).toBe(true)
  expect(readdirSync(temp.path).filter((name) => name.startsWith('vitest-tidb-')).length).toBeGreaterThan(0)
  const next = await runVitest('passing', { env })
  expect(next.output).toMatch(new RegExp(`cleared away the remains of a killed run: process ${server}, /`))
  expect(next.status).toBe(0)
  expect(alive(Number(server))).toBe(false)
  await vi.waitUntil(() => readdirSync(temp.path).filter((name) => name.startsWith('vitest-tidb-')).length === 0, WAIT)
  expect(readdirSync(runs)).toEqual([])
})

test('and databases on a host, by its own credentials', RUN, async ({ tidb, skip }) => {
  skip(process.platform !== 'linux', 'looks into /proc')
  using temp = tempFolder()
  const env = { ...serverEnv(), XDG_CACHE_HOME: temp.path }
  const runs = join(temp.path, 'vitest-tidb', 'runs')
  const run = startVitest('sleeping', { env })
  await vi.waitUntil(() => run.output().includes('asleep'), WAIT)
  const prefix = /asleep in (vitest_tidb_[0-9a-f]+_)/.exec(run.output())?.[1] ?? ''
  await killWithWatchdog(run, runs)
  const left = () => tidb.query('show databases like ?', [`${prefix}%`])
  expect(await left()).not.toEqual([])
  expect(readFileSync(join(runs, readdirSync(runs)[0] ?? ''), 'utf8')).not.toContain('password":')
  const next = await runVitest('passing', { env })
  expect(next.output).toContain(`dropped the databases that a killed run left: ${prefix}*`)
  expect(await left()).toEqual([])
  expect(readdirSync(runs)).toEqual([])
})

test('a run that ends well leaves nothing on a host', RUN, async ({ tidb }) => {
  const databases = async () => {
    const rows = await tidb.query<{ name: string }>(
      "select schema_name as name from information_schema.schemata where schema_name like 'vitest%'",
    )
    return rows.map(({ name }) => name.split('_').slice(0, 3).join('_'))
  }
  const before = new Set(await databases())
  const { status } = await runVitest('passing', { env: serverEnv() })
  expect(status).toBe(0)
  // Other runs of this suite's own may have begun since: theirs are told apart by their prefix, seen again later.
  await vi.waitUntil(async () => (await databases()).every((prefix) => before.has(prefix)), WAIT)
})

test('a test that times out ends its statements, and the next test is not affected', RUN, async () => {
  const { output } = await runVitest('timing-out', { env: serverEnv() })
  expect(output).toMatch(/Tests {2}1 failed \| 3 passed/)
  expect(output).toContain('Test timed out in 1000ms')
  expect(output).toContain('✓ the statements are gone from the server')
  expect(output).toContain('✓ their locks are gone as well')
})

test('vitest list starts nothing', RUN, async () => {
  using temp = tempFolder()
  const { status, output } = await runVitest('passing', {
    command: ['list'],
    env: { TIDB_PROVIDER: 'binary', TMPDIR: temp.path },
  })
  expect(status).toBe(0)
  expect(output).toContain('the server answers')
  expect(output).not.toContain('vitest-tidb:')
  expect(existsSync(temp.path) && readdirSync(temp.path).filter((name) => name.includes('tidb'))).toEqual([])
})

test('when no selected file uses TiDB, none is started', RUN, async () => {
  const { status, output } = await runVitest('no-tidb', {
    env: { TIDB_PROVIDER: 'host', TIDB_HOST: 'no-such-host.invalid' },
  })
  expect(status).toBe(0)
  expect(output).not.toContain('vitest-tidb:')
  expect(output).toContain('1 passed')
})

test('a file that uses TiDB through another module is seen to', RUN, async () => {
  const { status, output } = await runVitest('indirect', { env: serverEnv() })
  expect(output).toContain('1 passed')
  expect(status).toBe(0)
})

test('projects with the same settings share one server', RUN, async ({ skip }) => {
  const why = await whyNoBinary()
  skip(why !== undefined, why)
  const { status, output } = await runVitest('two-projects', { env: { TIDB_PROVIDER: 'binary' } })
  expect(output).toContain('2 passed')
  expect(output.split('vitest-tidb: started')).toHaveLength(2)
  expect(status).toBe(0)
})

test('watch mode keeps the server between reruns', RUN, async ({ skip }) => {
  const why = await whyNoBinary()
  skip(why !== undefined, why)
  const run = startVitest('passing', { command: ['--watch'], env: { TIDB_PROVIDER: 'binary', CI: '' }, stdin: 'pipe' })
  try {
    await vi.waitUntil(() => run.output().includes('1 passed'), WAIT)
    run.child.stdin?.write('a')
    await vi.waitUntil(() => run.output().split('1 passed').length === 3, WAIT)
    expect(run.output().split('vitest-tidb: started')).toHaveLength(2)
  } finally {
    run.child.kill('SIGINT')
    await run.ended
  }
})
