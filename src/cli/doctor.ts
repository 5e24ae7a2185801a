import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { loadConfig, type Config } from '../config/config.ts'
import { settingSources } from '../config/setting-sources.ts'
import { describeReason, firstLine, TiDBError } from '../errors.ts'
import { hostPort } from '../host-port.ts'
import { keptNamed, keptServers, standingOf } from '../kept/kept-server.ts'
import { cleanKept } from '../kept/stop-kept.ts'
import { formatSize } from '../number-format.ts'
import { packageVersion } from '../package-files.ts'
import { presentBinary } from '../server/binary.ts'
import { cacheFolder } from '../server/cache.ts'
import { cacheSizes } from '../server/cache-sizes.ts'
import { childEnv } from '../server/child-env.ts'
import { whyNotAtOnce } from '../server/cluster/prepare.ts'
import { whyNoDocker } from '../server/docker.ts'
import { DEFAULT_RELEASE, releases } from '../server/releases.ts'
import { deadRecords, describeRemains, type RecordedRemains } from '../server/run-record.ts'
import { loadTestcontainers } from '../server/testcontainers.ts'
import { printJson, printLine, printProgress } from './print.ts'

/** Something that is fine, or why it is not. */
interface Finding {
  readonly ok: boolean
  readonly says: string
}

const fine = (says: string): Finding => ({ ok: true, says })
const not = (says: string): Finding => ({ ok: false, says })

export interface DoctorOptions {
  readonly clean?: boolean
  readonly json?: boolean
}

/**
 * Says what a run would find on this machine, and what it would do.
 *
 * @returns whether a run would have a TiDB.
 */
export async function doctor({ clean = false, json = false }: DoctorOptions): Promise<boolean> {
  const { config, problems, warnings } = configuration()
  if (clean) for (const kind of ['server', 'cluster'] as const) await cleanKept(kind, printProgress)
  const [docker, containers, go, binary, cluster] = await Promise.all([
    tried(async () => (await whyNoDocker()) ?? fine('a Docker engine answers')),
    tried(async () => {
      await loadTestcontainers()
      return fine('testcontainers is installed')
    }),
    tried(goVersion),
    tried(async () => {
      const found = await presentBinary(config)
      return found === undefined ? 'there is no tidb-server yet' : fine(`${found.path} (${found.origin})`)
    }),
    tried(async () => (await whyNotAtOnce(config, [config.version ?? DEFAULT_RELEASE])) ?? fine('can start at once')),
  ])
  const auto = choice(config, { docker, containers, go, binary })
  const settings = settingSources(process.cwd())
  const cache = { folder: cacheFolder(config), parts: cacheSizes(cacheFolder(config)) }
  const leftovers = await leftBehind()
  const ok = problems.length === 0 && auto.ok
  const machine = { docker, testcontainers: containers, go, 'tidb-server': binary, cluster }
  if (json) {
    printJson({
      ...{ ok, version: packageVersion(), node: process.version, platform: `${process.platform} ${process.arch}` },
      ...{ machine, cache, settings, problems, warnings, leftovers, provider: config.provider, run: auto },
    })
    return ok
  }
  printLine(`vitest-tidb ${packageVersion()}, Node ${process.version}, ${process.platform} ${process.arch}`)
  for (const [name, { ok: isFine, says }] of Object.entries(machine)) {
    printLine(`${isFine ? '✓' : '-'} ${name}: ${says}`)
  }
  printLine(`cache: ${cache.folder}`)
  for (const { name, bytes } of cache.parts) printLine(`  ${name}: ${formatSize(bytes)}`)
  printLine('settings (options of the plugin come below .env):')
  for (const { name, value, from } of settings) if (from !== 'default') printLine(`  ${name}=${value} (${from})`)
  printLine(`  ${settings.filter(({ from }) => from === 'default').length} more have their default, see --json`)
  for (const warning of warnings) printLine(`- ${warning}`)
  for (const problem of problems) printLine(`✗ ${problem}`)
  printLine(leftovers.length === 0 ? 'left by dead runs: nothing' : 'left by dead runs (--clean removes it):')
  for (const left of leftovers) printLine(`  ${left}`)
  printLine(`${auto.ok ? '✓' : '✗'} a run here: ${auto.says}`)
  return ok
}

/** The settings; with their defaults if they can't be used. */
function configuration() {
  try {
    const { config, warnings } = loadConfig()
    return { config, problems: [], warnings }
  } catch (error) {
    if (!(error instanceof TiDBError)) throw error
    return { config: loadConfig({ env: {}, envFile: false }).config, problems: [error.message], warnings: [] }
  }
}

/** A text is why not. */
async function tried(question: () => Promise<Finding | string>): Promise<Finding> {
  try {
    const answer = await question()
    return typeof answer === 'string' ? not(answer) : answer
  } catch (error) {
    return not(firstLine(error))
  }
}

const GO_WITHIN_MS = 10_000

async function goVersion(): Promise<Finding | string> {
  try {
    const options = { env: childEnv('go'), timeout: GO_WITHIN_MS }
    const { stdout } = await promisify(execFile)('go', ['env', 'GOVERSION'], options)
    return fine(stdout.trim())
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'there is no Go: a tidb-server can not be built here'
    return `Go does not work here: ${describeReason(error)}`
  }
}

type Ways = Readonly<Record<'docker' | 'containers' | 'go' | 'binary', Finding>>

/** What a run would start, in the order of `auto`, and why. */
function choice(config: Config, { docker, containers, go, binary }: Ways): Finding {
  const { provider, host, port, version = DEFAULT_RELEASE, reuse } = config
  if (reuse !== undefined) {
    const { state } = keptNamed(reuse)
    return { ok: state === 'up', says: `TIDB_REUSE names ${reuse}, which is ${state}` }
  }
  if (provider === 'host' || (provider === 'auto' && host !== undefined)) {
    if (host === undefined) return not('TIDB_PROVIDER is host, and no host is configured')
    return fine(`the host ${hostPort(host, port)}, which is configured; see: vitest-tidb check`)
  }
  if (provider === 'cluster') return fine('a cluster, as TIDB_PROVIDER says')
  const whyNoContainer = [docker, containers].find((way) => !way.ok)?.says
  const passed = provider === 'auto' ? [`no host is configured`] : [`TIDB_PROVIDER is ${provider}`]
  if (provider !== 'binary') {
    if (whyNoContainer === undefined) {
      const pulled = `a container of ${config.image ?? `pingcap/tidb:${version}`}, pulled if it is not there`
      return fine(`${pulled}, because ${passed.join(', ')}`)
    }
    if (provider === 'container') return not(`no container: ${whyNoContainer}`)
    passed.push(whyNoContainer)
  }
  const why = `because ${passed.join(', and ')}`
  if (binary.ok) return fine(`tidb-server ${binary.says}, ${why}`)
  if (!(version in releases)) return not(`tidb-server ${version} is not here, and can't be built; ${why}`)
  if (!go.ok) return not(`nothing: ${[...passed, binary.says, go.says].join('; ')}`)
  return fine(`a tidb-server that is built first, which takes minutes, ${why}`)
}

function describeLeft(remains: RecordedRemains): string {
  // Only a run there has the password.
  const how = remains.kind === 'databases' ? ' (the next run on that host drops them)' : ''
  return `${describeRemains(remains)}${how}`
}

async function leftBehind(): Promise<string[]> {
  const remains = deadRecords().flatMap((record) => record.remains.map(([, left]) => describeLeft(left)))
  const kept = await Promise.all(keptServers().map(async (one) => ({ ...one, state: await standingOf(one) })))
  const dead = kept.filter(({ state }) => ['gone', 'failed', 'elsewhere'].includes(state))
  return [...remains, ...dead.map(({ kind, name, state }) => `${kind} ${name} (${state})`)]
}
