import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { demandConfigurable } from '../checks/configured-limits.ts'
import { loadConfig, NONE, type Config, type ConfigSources } from '../config/config.ts'
import { askPassword } from '../config/password.ts'
import { TiDBConnection, type Address } from '../connection/connection.ts'
import { showStatements } from '../connection/shown-statements.ts'
import { quoteName } from '../quote-name.ts'
import type { Settings } from '../config/settings.ts'
import { workerSettings } from '../config/worker-settings.ts'
import { firstLine, ServerError } from '../errors.ts'
import { explainFileFault } from '../file-fault.ts'
import {
  listenForProgress,
  type ProgressAudience,
  type ProgressListener,
} from '../import-progress/progress-listener.ts'
import type { ProvidedTiDB } from '../provided.ts'
import type { Baseline } from '../server/baseline.ts'
import { startServer } from '../server/choose.ts'
import { DEFAULT_RELEASE } from '../server/releases.ts'
import type { RemainsAddress } from '../server/remains.ts'
import type { TiDBServer } from '../server/server.ts'
import { Watchdog } from '../server/watchdog.ts'
import { Undo } from '../undo.ts'
import { toStateError } from '../workflow/states/error.ts'
import { clearDeadRuns, dropDeadDatabases } from '../server/dead-runs.ts'
import type { Taken } from './needed.ts'
import { StockFolder } from './stock-folder.ts'
import { watchedFolder } from '../server/watched-folder.ts'

export interface RunOptions {
  readonly settings: Pick<ConfigSources, 'options' | 'commandLine'>
  /** Folder that .env and relative paths are taken from. */
  readonly root: string
  /** How many workers there are at most: what the stock of databases is sized by. */
  readonly workers: number
  readonly log: (line: string) => void
  /** Who shows the progress of import jobs; without one, nobody listens for it. */
  readonly importProgress?: ProgressAudience | undefined
  /** Which fixtures the tests take that need programs of their own. */
  readonly fixturesTaken: () => Promise<Taken>
}

/** A server taken through the workflow, with a stock of databases: what one run of vitest works on. */
export interface Run {
  readonly provided: ProvidedTiDB
  stop(): Promise<void>
}

/**
 * Finds or starts a TiDB and takes it through the workflow once.
 *
 * @throws {StateError} from the state that failed; {ServerError} if there is no server to be had.
 */
export async function startRun(options: RunOptions): Promise<Run> {
  const undo = new Undo()
  try {
    const provided = await start(options, undo)
    const stop = () =>
      undo.run().catch((error: unknown) => {
        throw explainFileFault(error)
      })
    return { provided, stop }
  } catch (error) {
    // The first failure is the one reported.
    await undo.run().catch(() => undefined)
    throw explainFileFault(error)
  }
}

async function start(options: RunOptions, undo: Undo): Promise<ProvidedTiDB> {
  const { settings, root, workers, log } = options
  const runId = randomBytes(4).toString('hex')
  const databasePrefix = `vitest_tidb_${runId}_`
  const { config, kept } = await reused(await configure(settings, root, log))
  showStatements(config, (line) => process.stderr.write(`${line}\n`))
  const watchdog = Watchdog.ofProcess()
  await clearDeadRuns(log)
  const { path: folder, remove } = watchedFolder('vitest-tidb-')
  undo.defer(remove)

  const starting = kept ?? startServer(config, { onProgress: log })
  const beginning = baselineOf(config, log)
  undo.defer(async () => (await beginning?.catch(() => undefined))?.stop())
  // Loaded while the server starts, not before.
  const [{ proveServer }, { DatabaseStock }, server, taken] = await Promise.all([
    import('./prove-server.ts'),
    import('./database-stock.ts'),
    starting,
    options.fixturesTaken(),
  ])
  undo.defer(() => server.stop())
  if (taken.cluster && server.provider !== 'cluster') await prepareClusters(config, log)
  if (taken.faults) await prepareFaults(config, log)
  const { host, port, user, password } = server
  const address = { ...config, host, port, user, password }

  // On a server that we started there is nothing yet; the configured database has to exist all the same.
  if (server.ours && config.database !== undefined) await createConfigured(address, config.database)
  const found = await proveServer(address, log)
  const asked = settings.commandLine?.version
  if (asked !== undefined && found.release !== asked) {
    throw new ServerError(`the server of the project ${asked} is ${found.release}`, {
      hints: ['unset TIDB_SERVER_BIN and TIDB_IMAGE, which are one for all releases'],
    })
  }
  const stockFolder = new StockFolder(join(folder, 'stock'))
  if (config.databasePerTest) {
    const most = config.databaseStock ?? 4 * workers
    const stock = new DatabaseStock(stockFolder, address, databasePrefix, { first: Math.min(workers, most), most })
    const remains = { kind: 'databases', address: remainsAddress(address), prefix: databasePrefix } as const
    const release = server.ours ? undefined : watchdog.watch(remains)
    undo.defer(async () => {
      if (server.ours) return stock.abandon()
      await stock.stop()
      // Not before: if some are left, the watchdog tries once more.
      release?.()
    })
    await stock.start()
    // On a server of our own there is no doubt, and no wait.
    if (!server.ours) {
      await stock.prove()
      await dropDeadDatabases(address, log)
    }
  }
  const progress = await listen(folder, options)
  if (progress !== undefined) undo.defer(() => progress.close())
  const passwordFile = password.isEmpty ? undefined : join(folder, 'password')
  if (passwordFile !== undefined) writeFileSync(passwordFile, password.reveal(), { mode: 0o600 })

  const { importHistoryUrl } = config
  const importHistoryUrlFile = importHistoryUrl === undefined ? undefined : join(folder, 'import-history-url')
  if (importHistoryUrlFile !== undefined && importHistoryUrl !== undefined) {
    writeFileSync(importHistoryUrlFile, importHistoryUrl.reveal(), { mode: 0o600 })
  }

  const baseline = await beginning
  const baselineFile = baseline === undefined ? undefined : join(folder, 'baseline')
  if (baseline !== undefined && baselineFile !== undefined) {
    writeFileSync(baselineFile, JSON.stringify(baseline.settings), { mode: 0o600 })
    if (!baseline.ours) watchBaseline(baseline.settings, databasePrefix, undo)
  }

  const { provider, statusPort, description, ours, logFile, process: identity, otherNodes } = server
  const place = { provider, host, port, statusPort, user, description, ours, logFile, process: identity, otherNodes }
  return {
    ...place,
    ...found,
    settings: workerSettings(config),
    passwordFile,
    importHistoryUrlFile,
    baselineFile,
    runName: runName(process.env) ?? runId,
    stockDir: stockFolder.path,
    databasePrefix,
    progressAddress: progress?.address,
  }
}

/** Begins to start what the run is compared with: it takes no less than the run's own server. */
function baselineOf(config: Config, log: (line: string) => void): Promise<Baseline | undefined> | undefined {
  if (config.baseline === undefined && config.baselineUrl === undefined) return undefined
  const onProgress = (line: string) => log(`baseline: ${line}`)
  const beginning = import('../server/baseline.ts').then((module) => module.startBaseline(config, { onProgress }))
  // Whoever waits for it is told.
  beginning.catch(() => undefined)
  return beginning
}

/** Has the databases of tests dropped from a baseline that others use as well, however this run ends. */
function watchBaseline(settings: Settings, prefix: string, undo: Undo): void {
  const { config } = loadConfig({ options: settings, env: NONE, envFile: false })
  const address = remainsAddress({ ...config, host: config.host ?? '' })
  undo.defer(Watchdog.ofProcess().watch({ kind: 'databases', address, prefix }))
}

/** What the CI system calls this run: the same for all of its shards. */
function runName(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const {
    GITHUB_RUN_ID,
    GITHUB_RUN_ATTEMPT = '1',
    CI_PIPELINE_ID,
    BUILDKITE_BUILD_ID,
    CIRCLE_WORKFLOW_ID,
    BUILD_TAG,
  } = env
  if (GITHUB_RUN_ID) return `github-${GITHUB_RUN_ID}-${GITHUB_RUN_ATTEMPT}`
  return [CI_PIPELINE_ID, BUILDKITE_BUILD_ID, CIRCLE_WORKFLOW_ID, BUILD_TAG].find(Boolean)
}

/** Listens for the progress of import jobs. That nothing shows it is no reason to fail a run. */
async function listen(folder: string, { importProgress, log }: RunOptions): Promise<ProgressListener | undefined> {
  if (importProgress === undefined) return undefined
  try {
    return await listenForProgress(folder, importProgress)
  } catch (error) {
    log(`progress of import jobs is not shown: ${firstLine(error)}`)
    return undefined
  }
}

/** Builds, or pulls, what clusters of tests are made of. Without it, those tests are skipped with the reason, and the others run. */
async function prepareClusters(config: Config, log: (line: string) => void): Promise<void> {
  const { prepareCluster } = await import('../server/cluster/prepare.ts')
  try {
    await prepareCluster(config, [config.version ?? DEFAULT_RELEASE], { onProgress: log })
  } catch (error) {
    log(`tests that start a cluster are skipped: ${firstLine(error)}`)
  }
}

/** The same for what networks are broken with. */
async function prepareFaults(config: Config, log: (line: string) => void): Promise<void> {
  const [{ buildProgram }, { toxiproxyRecipe }] = await Promise.all([
    import('../server/build.ts'),
    import('../server/recipe.ts'),
  ])
  try {
    await buildProgram(toxiproxyRecipe(), config, { onProgress: log })
  } catch (error) {
    log(`tests that break networks are skipped: ${firstLine(error)}`)
  }
}

async function createConfigured(address: Address, database: string): Promise<void> {
  await using connection = await TiDBConnection.open(address, { name: 'setup' })
  await connection.query(`create database if not exists ${quoteName(database)}`)
}

/** The address as the watchdog takes it, through its pipe. */
function remainsAddress({ host, port, user, password, tlsMaterial }: Address): RemainsAddress {
  const plain = { host, port, user, password: password.reveal() }
  if (tlsMaterial === undefined) return plain
  const { key, ...certificates } = tlsMaterial
  return { ...plain, tls: { ...certificates, ...(key !== undefined && { key: key.reveal() }) } }
}

/** What TIDB_REUSE names, if it names one: what finds that is loaded only then. */
async function reused(config: Config): Promise<{ readonly config: Config; readonly kept?: TiDBServer }> {
  if (config.reuse === undefined) return { config }
  const { reusing } = await import('../kept/reuse.ts')
  return reusing(config, config.reuse)
}

async function configure(settings: RunOptions['settings'], root: string, log: (line: string) => void): Promise<Config> {
  let config: Config
  try {
    const loaded = loadConfig({ ...settings, cwd: root })
    for (const warning of loaded.warnings) log(warning)
    config = loaded.config
    await demandConfigurable(config.checkLimits)
  } catch (error) {
    throw toStateError('ParsingConfig', error, undefined, [])
  }
  if (!config.passwordPrompt || config.host === undefined) return config
  return { ...config, password: await askPassword(config.user, config.host) }
}
