import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { loadConfig, NONE, type Config } from '../config/config.ts'
import { askPassword } from '../config/password.ts'
import type { Address } from '../connection/connection.ts'
import type { Settings } from '../config/settings.ts'
import type { ProvidedTiDB } from '../provided.ts'
import { startServer } from '../server/choose.ts'
import type { RemainsAddress } from '../server/remains.ts'
import { Watchdog } from '../server/watchdog.ts'
import { formatTransition } from '../transition.ts'
import { workflow } from '../workflow/default-workflow.ts'
import { StateMachine } from '../workflow/state-machine.ts'
import { toStateError } from '../workflow/states/error.ts'
import { DatabaseStock } from './database-stock.ts'
import { StockFolder } from './stock-folder.ts'
import { Undo } from './undo.ts'

export interface RunOptions {
  readonly settings: Settings
  /** Folder that .env and relative paths are taken from. */
  readonly root: string
  /** How many workers there are at most: what the stock of databases is sized by. */
  readonly workers: number
  readonly log: (line: string) => void
}

/** A server taken through the workflow, with a stock of databases: what one run of vitest works on. */
export interface Run {
  readonly provided: ProvidedTiDB
  stop(): Promise<void>
}

/**
 * Finds or starts a TiDB and takes it through the workflow once.
 *
 * @throws {StateError} from the state that failed; {ServerError} where there is no server to be had.
 */
export async function startRun(options: RunOptions): Promise<Run> {
  const undo = new Undo()
  try {
    const provided = await start(options, undo)
    return { provided, stop: () => undo.run() }
  } catch (error) {
    // What failed first is what is told.
    await undo.run().catch(() => undefined)
    throw error
  }
}

async function start({ settings, root, workers, log }: RunOptions, undo: Undo): Promise<ProvidedTiDB> {
  const runId = randomBytes(4).toString('hex')
  const databasePrefix = `vitest_tidb_${runId}_`
  const config = await configure(settings, root, log)
  const watchdog = Watchdog.ofProcess()
  const folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-'))
  const releaseFolder = watchdog.watch({ kind: 'folder', path: folder })
  undo.defer(() => {
    rmSync(folder, { recursive: true, force: true })
    releaseFolder()
  })

  const server = await startServer(config, { onProgress: log })
  undo.defer(() => server.stop())
  const { host, port, user, password } = server
  const address = { ...config, host, port, user, password }
  if (!server.ours && config.databasePerTest) {
    undo.defer(watchdog.watch({ kind: 'databases', address: remainsAddress(address), prefix: databasePrefix }))
  }

  const found = await proveServer(address, log)
  const stockFolder = new StockFolder(join(folder, 'stock'))
  if (config.databasePerTest) {
    const stock = new DatabaseStock(stockFolder, address, databasePrefix, config.databaseStock ?? 4 * workers)
    undo.defer(() => stock.stop({ drop: !server.ours }))
    await stock.start()
  }
  const passwordFile = password.isEmpty ? undefined : join(folder, 'password')
  if (passwordFile !== undefined) writeFileSync(passwordFile, password.reveal(), { mode: 0o600 })

  const { provider, statusPort, description, ours, logFile } = server
  const place = { provider, host, port, statusPort, user, description, ours, logFile }
  return {
    ...place,
    ...found,
    settings: workerSettings(config, root),
    passwordFile,
    stockDir: stockFolder.path,
    databasePrefix,
  }
}

/** The address as the watchdog takes it, through its pipe. */
function remainsAddress({ host, port, user, password, tlsMaterial }: Address): RemainsAddress {
  const plain = { host, port, user, password: password.reveal() }
  if (tlsMaterial === undefined) return plain
  const { key, ...certificates } = tlsMaterial
  return { ...plain, tls: { ...certificates, ...(key !== undefined && { key: key.reveal() }) } }
}

async function configure(settings: Settings, root: string, log: (line: string) => void): Promise<Config> {
  let config: Config
  try {
    const loaded = loadConfig({ options: settings, cwd: root })
    for (const warning of loaded.warnings) log(warning)
    config = loaded.config
  } catch (error) {
    throw toStateError('ParsingConfig', error, undefined, [])
  }
  if (!config.passwordPrompt || config.host === undefined) return config
  return { ...config, password: await askPassword(config.user, config.host) }
}

async function proveServer(address: Config & { host: string }, log: (line: string) => void) {
  const onProgress = (state: string, line: string) => log(`${state}: ${line}`)
  await using machine = new StateMachine(
    workflow,
    { base: address, env: NONE, envFile: false },
    { name: 'setup', onProgress },
  )
  try {
    await machine.run()
  } catch (error) {
    for (const transition of machine.history) log(formatTransition(transition))
    throw error
  }
  const { version, edition, commit, store } = await machine.reach('GettingVersion')
  const { active } = await machine.reach('CheckingImportJobs')
  return { release: version.release, edition, commit, store, activeImportJobs: active.length }
}

/** What the workers need of the configuration, as plain data, with paths that hold in any folder. */
function workerSettings(config: Config, root: string): Settings {
  const path = (given: string | undefined) => (given === undefined ? undefined : resolve(root, given))
  const { tls, databasePerTest, database, importMonitorSeconds, connectTimeoutMs, stateTimeoutMs } = config
  const { retries, concurrency, startTimeoutMs, version } = config
  return {
    tls,
    tlsCa: path(config.tlsCa),
    tlsCert: path(config.tlsCert),
    tlsKey: path(config.tlsKey),
    databasePerTest,
    database,
    importMonitorSeconds,
    connectTimeoutMs,
    stateTimeoutMs,
    startTimeoutMs,
    retries,
    concurrency,
    version,
    image: config.image,
    serverBin: path(config.serverBin),
    cacheDir: path(config.cacheDir),
  }
}
