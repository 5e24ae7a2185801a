import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { vi } from 'vitest'
import { expect, loadConfig, test } from 'vitest-tidb'
import { ServerFiles } from '../../fixtures/import-cases/server-files.ts'
import { leftIn } from '../../fixtures/left-in.ts'
import { pathWithoutGo } from '../../fixtures/path-without-go.ts'
import { processes } from '../../fixtures/processes.ts'
import { runVitest, startVitest } from '../../fixtures/run-vitest.ts'
import { serverEnv } from '../../fixtures/server-env.ts'
import { smallDisk } from '../../fixtures/small-disk.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { generate, sequence, text } from '../../src/data/index.ts'
import { cacheFolder } from '../../src/server/cache.ts'
import { whyNotAtOnce } from '../../src/server/cluster/prepare.ts'
import { Cluster } from '../../src/server/cluster/cluster.ts'
import { DEFAULT_RELEASE } from '../../src/server/releases.ts'

// A cluster that does not start names the part that failed, shows the end of its log, and leaves nothing behind.

const RUN = { timeout: 120_000 }
const WAIT = { timeout: 60_000, interval: 50 }
const { config } = loadConfig()
const cache = cacheFolder(config)

test.beforeEach(async ({ skip }) => {
  const why = await whyNotAtOnce(config, [DEFAULT_RELEASE], 'binary')
  skip(why !== undefined, why)
})

/** Waits until nothing is left of a run that had this folder for temporary files. */
async function nothingLeft(folder: string): Promise<void> {
  await vi.waitUntil(async () => (await processes(folder)).length === 0 && leftIn(folder).length === 0, WAIT)
}

/** A cache with the tidb-server and the storage node that were built before, and another program in place of PD. */
function cacheWithPd(folder: string, pd: (file: string) => void): string {
  const path = join(folder, 'cache')
  mkdirSync(path)
  for (const name of ['tidb-server', 'storage-node']) symlinkSync(join(cache, name), join(path, name))
  cpSync(join(cache, 'pd-server'), join(path, 'pd-server'), { recursive: true })
  const built = join(path, 'pd-server', DEFAULT_RELEASE)
  for (const recipe of readdirSync(built)) pd(join(built, recipe, 'pd-server'))
  return path
}

/** Puts a shell script there, with the checksum that says that it is whole. */
function script(lines: string) {
  return (file: string) => {
    rmSync(file)
    writeFileSync(file, `#!/bin/sh\n${lines}\n`)
    chmodSync(file, 0o755)
    writeFileSync(`${file}.sha256`, createHash('sha256').update(readFileSync(file)).digest('hex'))
  }
}

const NO_GO = 'if [ "$1" = env ]; then echo go1.26.8; exit; fi; echo "no way to the module proxy" >&2; exit 2'

interface BadPd {
  readonly name: string
  readonly pd: (file: string) => void
  readonly says: RegExp
}

const badPds: readonly BadPd[] = [
  {
    name: 'that is not there, without Go to build it',
    pd: (file) => rmSync(dirname(file), { recursive: true }),
    says: /pd-server v8\.5\.6 can't be built: there is no Go on PATH/,
  },
  {
    name: 'that was written half way, and is not built again',
    pd: (file) => truncateSync(file, 1_000_000),
    says: /the build of pd-server v8\.5\.6 failed \(status 2\):\n\s+no way to the module proxy/,
  },
  {
    name: 'that ends at once',
    pd: script('echo "no space left for etcd"; exit 3'),
    says: /PD ended with status 3 before it answered\n\s+no space left for etcd/,
  },
  {
    name: 'that never gets a leader',
    pd: script('echo "waiting for a leader"; exec sleep 60'),
    says: /waited 1\.5 s for PD to answer\n\s+waiting for a leader/,
  },
]

test.for(badPds)('a PD $name is told', RUN, async ({ name, pd, says }) => {
  using temp = tempFolder()
  const { status, output } = await runVitest('passing', {
    env: {
      TIDB_PROVIDER: 'cluster',
      TIDB_CACHE_DIR: cacheWithPd(temp.path, pd),
      TIDB_START_TIMEOUT_MS: '1500',
      PATH: pathWithoutGo(temp.path, name.includes('without Go') ? undefined : NO_GO),
      TMPDIR: temp.path,
    },
  })
  expect(output).toMatch(says)
  expect(status).toBe(1)
  await nothingLeft(temp.path)
})

test.for(['0', '50', 'two'])('TIDB_CLUSTER_NODES=%s is refused', RUN, async (nodes) => {
  using temp = tempFolder()
  const { status, output } = await runVitest('passing', {
    env: { TIDB_PROVIDER: 'cluster', TIDB_CLUSTER_NODES: nodes, TMPDIR: temp.path },
  })
  expect(output).toMatch(/TIDB_CLUSTER_NODES.*1 to 16/)
  expect(status).toBe(1)
  await nothingLeft(temp.path)
})

test('a cluster of one node is one, and two projects of a run share it', RUN, async () => {
  using temp = tempFolder()
  const { status, output } = await runVitest('two-projects', {
    env: { TIDB_PROVIDER: 'cluster', TIDB_CLUSTER_NODES: '1', TMPDIR: temp.path },
  })
  expect(output.match(/started a cluster: PD at \S+, the storage node at \S+, node 0 [^,\n]*\n/g)).toHaveLength(1)
  expect(output).toContain('2 passed')
  expect(status).toBe(0)
  await nothingLeft(temp.path)
})

test('beside a configured host, two projects start a cluster each', RUN, async () => {
  using temp = tempFolder()
  const { status, output } = await runVitest('clusters', { env: { ...serverEnv(), TMPDIR: temp.path } })
  const parts = [...output.matchAll(/cluster at (\S+)/g)].flatMap(([, addresses = '']) => addresses.split(','))
  expect(parts).toHaveLength(6)
  expect(new Set(parts).size).toBe(6)
  expect(output).toContain('2 passed')
  expect(status).toBe(0)
  await nothingLeft(temp.path)
})

test('a test that ends while its cluster starts', RUN, async () => {
  using temp = tempFolder()
  const { status, output } = await runVitest('clusters', {
    args: ['--project', 'one'],
    env: { ...serverEnv(), TMPDIR: temp.path, TEST_TIMEOUT_MS: '150' },
  })
  expect(output).toContain('Test timed out in 150ms')
  expect(output).not.toContain('cluster at')
  expect(status).toBe(1)
  await nothingLeft(temp.path)
})

test('a test that ends while its import runs', RUN, async () => {
  using temp = tempFolder()
  using files = new ServerFiles()
  const data = generate({ seed: 7, rows: 20_000, columns: { id: sequence(), note: text({ length: 1_000 }) } })
  const ROWS_FILE = await files.writeCase({ name: 'slow', table: '', data, format: 'csv' })
  const { status, output } = await runVitest('import-under-way', {
    env: { TIDB_PROVIDER: 'cluster', TIDB_CLUSTER_NODES: '1', TMPDIR: temp.path, ROWS_FILE },
  })
  expect(output).toMatch(/LeftOpenError: the test left import job \d+ .*running: it was cancelled/)
  expect(output).toContain('1 failed | 1 passed')
  expect(status).toBe(1)
  await nothingLeft(temp.path)
})

test('vitest killed while a cluster starts', RUN, async () => {
  using temp = tempFolder()
  const run = startVitest('clusters', { args: ['--project', 'one'], env: { ...serverEnv(), TMPDIR: temp.path } })
  const started = async () => (await processes(`${temp.path}/vitest-tidb-cluster-`)).length > 0
  await vi.waitUntil(started, { timeout: 60_000, interval: 10 })
  run.child.kill('SIGKILL')
  await run.ended
  expect(run.output()).not.toContain('cluster at')
  await nothingLeft(temp.path)
})

test('a part that dies by itself fails the test, and what the test did is in its report', RUN, async () => {
  using temp = tempFolder()
  const { status, output } = await runVitest('dying-cluster', { env: { ...serverEnv(), TMPDIR: temp.path } })
  expect(output).toMatch(/ServerError: the storage node died \(SIGKILL\): the end of its log, \S+storage\.out:/)
  expect(output).toMatch(/^ +node 0 \(tidb-server v[\d.]+\) is killed by the test \(SIGKILL\)$/m)
  expect(output).toContain('2 failed')
  expect(status).toBe(1)
  await nothingLeft(temp.path)
})

test('a part whose port belongs to another process by now', RUN, async ({ startCluster, tidbPool }) => {
  const { nodes, storage, pd } = await startCluster({ nodes: 1 })
  const [node] = nodes
  for (const member of [node, storage, pd]) {
    if (member === undefined) continue
    await member.kill()
    // Whoever has the port answers what our own would, as another PD may.
    const taken = createServer((_, answer) => answer.end('{"leader":{"name":"pd"}}')).listen(member.port, member.host)
    await once(taken, 'listening')
    await expect(member.start()).rejects.toThrow(
      `${member.name} found its port taken: ${member.port} or ${member.statusPort} belongs to another process by now`,
    )
    taken.closeAllConnections()
    taken.close()
    await once(taken, 'close')
    await member.start()
  }
  expect(await tidbPool.session('after', { node }).query('select 1 as one')).toEqual([{ one: 1 }])
})

test('a node that the cluster refuses, and parts whose data is lost', RUN, async ({ startCluster, tidbPool }) => {
  const cluster = await startCluster({ nodes: 1 })
  const [node] = cluster.nodes
  const alice = tidbPool.session('alice', { node })
  // As of a release that keeps something elsewhere: what a new node looks for at its start is not there.
  await alice.query('drop table mysql.global_variables')
  const added = await Promise.allSettled([cluster.addNode(), cluster.addNode()])
  const failures = added.map((result) => (result.status === 'rejected' ? String(result.reason) : 'started'))
  for (const [at, failure] of failures.sort().entries()) {
    expect(failure).toMatch(
      new RegExp(
        `node ${at + 1} \\(tidb-server v[\\d.]+\\) ended with status 1 before it answered\n[^]*global_variables`,
      ),
    )
  }
  expect(cluster.nodes).toHaveLength(1)
  expect(await alice.query('select 1 as one')).toEqual([{ one: 1 }])

  const { pd } = cluster
  const data = join(dirname(dirname(pd.logFile)), 'data', 'pd')
  expect(existsSync(data)).toBe(true)
  await pd.kill()
  rmSync(data, { recursive: true })
  writeFileSync(data, '')
  await expect(pd.start()).rejects.toThrow(/^PD ended with status \d+ before it answered\n[^]*not a directory/)
})

const diskTest = test
  .extend('disk', ({ skip }, { onCleanup }) => {
    const disk = smallDisk('400m')
    if (typeof disk === 'string') return skip(disk)
    onCleanup(() => disk[Symbol.dispose]())
    return disk
  })
  /** A file of 20 MB for a table `item`, on another disk. */
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the pattern
  .extend('file', async ({}, { onCleanup }) => {
    const folder = tempFolder()
    onCleanup(() => folder[Symbol.dispose]())
    const data = generate({ seed: 7, rows: 20_000, columns: { id: sequence(), note: text({ length: 1_000 }) } })
    const file = join(folder.path, 'item.csv')
    writeFileSync(file, (await data.csv().toArray()).join(''))
    return file
  })

const ITEM = 'create table item (id bigint primary key, note varchar(2000))'
const IMPORT = 'import into item from ?'

diskTest(
  'an import that fills the disk of the storage stands still, and finishes once there is room',
  RUN,
  async ({ disk, file, importJobs, tidbPool }) => {
    using temp = tempFolder()
    vi.stubEnv('TMPDIR', disk.path)
    // What the node sorts is on another disk.
    const own = { ...config, serverArgs: ['-temp-dir', temp.path] }
    await using cluster = await Cluster.start(own, { nodes: 1 }).finally(() => vi.unstubAllEnvs())
    const [node] = cluster.nodes
    const session = tidbPool.session('session', { node })
    await session.query(ITEM)
    disk.fill(4 * 1_024 ** 2)
    const job = await importJobs.on(node).start(IMPORT, { values: [file] })
    await job.until('to import', ({ job: { phase } }) => phase === 'importing')
    const said = () => readFileSync(cluster.storage.logFile.replace(/out$/, 'log'), 'utf8')
    await vi.waitUntil(() => said().includes('no space left on device'), WAIT)
    // TiDB tries again, for ever.
    await expect(expect(job).toProgress({ every: '4s' })).rejects.toThrow(/no progress/)
    expect(await session.query('select count(*) as n from item')).toEqual([{ n: 0 }])
    rmSync(join(disk.path, 'filling'))
    await expect(job).toFinish({ within: '100s' })
    await expect(job).toHaveImported(20_000)
  },
)
