import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach } from 'vitest'
import { expect, loadConfig, test as base } from 'vitest-tidb'
import { alive } from '../../fixtures/alive.ts'
import { builtPackage } from '../../fixtures/built-package.ts'
import { whyNoBinary } from '../../fixtures/local-binary.ts'
import { runCli, type CliRun } from '../../fixtures/run-cli.ts'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { cacheFolder } from '../../src/server/cache.ts'

interface Kept {
  readonly startedAt: string
  readonly endsAt: string | null
  readonly name: string
  readonly state: string
  readonly url: string
  readonly keeper: number
  readonly nodes: readonly { readonly port: number; readonly process?: { readonly pid: number } }[]
}

const RUN = { timeout: 180_000 }

/** A user of one's own: whose servers are noted elsewhere than those of others, and who stops what the test left. */
const test = base.extend('user', async ({ task }, { onCleanup }) => {
  const folder = tempFolder()
  const env = { XDG_CACHE_HOME: folder.path, TIDB_CACHE_DIR: cacheFolder(loadConfig().config), TIDB_PROVIDER: 'binary' }
  const run = (...args: string[]): Promise<CliRun> => runCli(args, env)
  const start = async (...args: string[]) =>
    JSON.parse((await run('server', 'start', '--json', ...args)).stdout) as Kept
  const list = async (kind = 'server') => {
    const { stdout } = await run(kind, 'list', '--json')
    return (JSON.parse(stdout) as Record<string, Kept[]>)[`${kind}s`] ?? []
  }
  onCleanup(async () => {
    for (const kind of ['server', 'cluster']) {
      for (const { name } of await list(kind)) await run(kind, 'stop', name)
      await run(kind, 'clean')
    }
    const noted = join(folder.path, 'vitest-tidb', 'servers')
    expect(existsSync(noted) ? readdirSync(noted) : [], task.name).toEqual([])
    folder[Symbol.dispose]()
  })
  return { run, start, list, env, folder: join(folder.path, 'vitest-tidb') }
})

const pidOf = ({ nodes }: Kept) => nodes[0]?.process?.pid ?? 0

beforeEach(async ({ skip }) => {
  const why = process.platform === 'linux' ? await whyNoBinary() : 'reads /proc'
  skip(why !== undefined, why)
})

test('a server goes on when its command ends, a run of vitest uses it, and it is stopped', RUN, async ({ user }) => {
  const started = await user.run('server', 'start', 'mine')
  expect(started.stdout).toMatch(
    /^mine: TiDB v\S+, tidb-server from .*\nmysql:\/\/root@127\.0\.0\.1:\d+\nends by itself in (?:8 h|7 h 59 min)\n/,
  )
  expect(started.status).toBe(0)
  const [mine] = await user.list()
  expect(mine).toMatchObject({ name: 'mine', state: 'up' })
  expect(Date.parse(String(mine?.endsAt)) - Date.parse(String(mine?.startedAt))).toBe(8 * 3_600_000)
  const environment = readFileSync(`/proc/${mine?.keeper}/environ`, 'utf8')
  expect(environment).not.toContain('TIDB_')
  const { XDG_CACHE_HOME } = user.env
  const { status, output } = await runVitest('passing', { env: { XDG_CACHE_HOME, TIDB_REUSE: 'mine' } })
  expect(output).not.toContain('started tidb-server')
  expect(status).toBe(0)
  const databases = await user.run('check', '--only', '', '--port', String(mine?.nodes[0]?.port), '--json')
  expect(databases.status).toBe(0)
  expect((await user.run('server', 'logs', '--lines', '3')).stdout.trim().split('\n')).toHaveLength(3)
  expect((await user.run('server', 'list')).stdout).toMatch(
    /^mine {2}up {2}mysql:\S+ {2}v8\S+ {2}ends by itself in (?:8 h|7 h 59 min)\n$/,
  )
  expect((await user.run('server', 'stop')).stdout).toBe('mine is stopped, and its data are gone\n')
  expect(await user.list()).toEqual([])
  expect(readdirSync(join(user.folder, 'runs'))).toEqual([])
})

test('two that are started at once do not collide, and a name is taken once', RUN, async ({ user }) => {
  const [one, two] = await Promise.all([user.start(), user.start('--keep')])
  expect([one.name, two.name].toSorted()).toEqual(['server', 'server-2'])
  expect(one.url).not.toBe(two.url)
  const [again, other] = await Promise.all([user.run('server', 'start', 'same'), user.run('server', 'start', 'same')])
  expect(new Set([again.status, other.status])).toEqual(new Set([0, 1]))
  expect(again.stderr + other.stderr).toContain('the name same is taken (server, ')
  const several = await user.run('server', 'stop')
  expect(several.status).toBe(1)
  expect(several.stderr).toContain('there are several\n  try: give one of same, server, server-2')
})

test('its time is up', RUN, async ({ user }) => {
  const kept = await user.start('short', '--ttl', '1s')
  await expect.poll(() => existsSync(join(user.folder, 'servers', 'short.json'))).toBe(false)
  expect(alive(pidOf(kept))).toBe(false)
  await expect.poll(() => alive(kept.keeper)).toBe(false)
})

test('a keeper that is killed leaves nothing that the next does not clear', RUN, async ({ user }) => {
  const kept = await user.start('mine')
  process.kill(kept.keeper, 'SIGKILL')
  await expect.poll(() => alive(pidOf(kept))).toBe(false)
  expect((await user.run('server', 'list')).stdout).toMatch(/^mine {2}gone/)
  const stopped = await user.run('server', 'stop', 'mine')
  expect(stopped.stdout).toContain(`mine was gone: its keeper (process ${kept.keeper}) was killed.`)
  expect(stopped.status).toBe(0)
  const gone = await user.run('server', 'stop', 'mine')
  expect(gone.status).toBe(1)
  expect(gone.stderr).toContain('there is no server mine: none was started under that name, or it has ended')
})

test.for(['clean', 'start'])('killed with its watchdog, it is cleared away by %s', RUN, async (command, { user }) => {
  const kept = await user.start('mine')
  const [record = ''] = readdirSync(join(user.folder, 'runs'))
  const [, watchdog] = /^\d+-(\d+)\.jsonl$/.exec(record) ?? []
  process.kill(Number(watchdog), 'SIGKILL')
  process.kill(kept.keeper, 'SIGKILL')
  expect(alive(pidOf(kept))).toBe(true)
  const { stdout, status } = await user.run('server', command, ...(command === 'start' ? ['mine'] : []))
  expect(status).toBe(0)
  expect(stdout).toContain(command === 'start' ? 'mine: TiDB' : 'cleaned: mine')
  await expect.poll(() => alive(pidOf(kept))).toBe(false)
})

test('Ctrl-C while it starts leaves nothing', RUN, async ({ user }) => {
  const child = spawn(process.execPath, [`${builtPackage()}/dist/cli/main.js`, 'server', 'start', 'mine'], {
    env: { ...process.env, ...user.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const record = join(user.folder, 'servers', 'mine.log')
  await expect.poll(() => existsSync(record), { interval: 5 }).toBe(true)
  child.kill('SIGINT')
  const status = await new Promise((resolve) => child.once('close', resolve))
  expect(stderr).toContain('gave up starting server mine: interrupted')
  expect(status).toBe(130)
  expect(await user.list()).toEqual([])
})

test('a cluster is kept as well', RUN, async ({ user }) => {
  const { stdout, status } = await user.run('cluster', 'start', '--nodes', '2', '--ttl', '5m')
  expect(status).toBe(0)
  expect(stdout).toMatch(/^cluster: TiDB v\S+, .*\nmysql:\/\/root@127\.0\.0\.1:\d+\nmysql:\/\/root@127\.0\.0\.1:\d+\n/)
  const [cluster] = await user.list('cluster')
  expect(cluster?.nodes).toHaveLength(2)
  expect(await user.list()).toEqual([])
  expect((await user.run('server', 'stop', 'cluster')).stderr).toContain('it is a cluster: vitest-tidb cluster …')
  expect((await user.run('cluster', 'logs', '--node', '1', '--lines', '1')).stdout).toMatch(/^\[20/)
  expect((await user.run('cluster', 'stop')).status).toBe(0)
  expect(alive(pidOf(cluster as Kept))).toBe(false)
})

test('bad usage is told as such', RUN, async ({ user }) => {
  const cases: readonly [args: string[], status: number, says: string][] = [
    [['server', 'strat'], 2, "unknown command 'strat'\n(Did you mean start?)"],
    [['server', 'start', '--ttl', 'soon'], 2, '--ttl is "soon", which is not a duration'],
    [['server', 'start', '--ttl', '0'], 2, '--ttl is 0'],
    [['server', 'start', '--provider', 'host'], 2, '--provider is neither binary nor container'],
    [['server', 'start', '--release', '8.5'], 2, 'version (command line) is "8.5"'],
    [['server', 'start', '../mine'], 1, 'that can not be the name of a server'],
    [['server', 'logs', '--lines', 'all'], 1, 'there is no server'],
    [['cluster', 'start', '--nodes', '99'], 2, 'clusterNodes (command line) is "99"'],
    [['cluster', 'list', '--jsno'], 2, '(Did you mean --json?)'],
  ]
  await Promise.all(
    cases.map(async ([args, status, says]) => {
      const [plain, json] = [await user.run(...args), await user.run(...args, '--json')]
      expect([plain.status, plain.stderr], args.join(' ')).toEqual([status, expect.stringContaining(says)])
      expect([json.status, json.stderr], args.join(' ')).toEqual([status, ''])
      expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, error: { message: expect.stringContaining(says) } })
    }),
  )
  expect((await user.run('server', 'clean')).stdout).toBe('nothing to clean\n')
})

test('what TIDB_REUSE names has to be there, and nothing else be asked for', RUN, async ({ user }) => {
  const { XDG_CACHE_HOME } = user.env
  await user.start('mine')
  const none = await runVitest('passing', { env: { XDG_CACHE_HOME, TIDB_REUSE: 'yours' } })
  expect(none.status).toBe(1)
  expect(none.output).toContain(
    'TIDB_REUSE names "yours", which is not there\n  try: start it: npx vitest-tidb server start yours',
  )
  const two = await runVitest('passing', { env: { XDG_CACHE_HOME, TIDB_REUSE: 'mine', TIDB_HOST: '127.0.0.1' } })
  expect(two.status).toBe(1)
  expect(two.output).toContain('TIDB_REUSE names a server, and TIDB_HOST another')
})
