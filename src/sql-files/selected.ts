import type { TestProject, TestSpecification, Vitest } from 'vitest/node'
import { isShared, loadConfig } from '../config/config.ts'
import { registrationOf, settingsOf } from '../global-setup/registry.ts'
import { runOf } from '../global-setup/runs.ts'
import { fitToPrint } from '../redact.ts'
import { extensions } from './extensions.ts'
import type { ProvidedSqlFiles } from './provided.ts'
import { SqlServers } from './servers.ts'
import { beginBaseline } from './sql-baseline.ts'

const STATEMENT_WITHIN_MS = 60_000
/** How long a file may have its server: what waits for it is told no sooner. */
const FILE_WITHIN_MS = 600_000

interface Begun {
  readonly provided: ProvidedSqlFiles
  stop(): Promise<void>
}

// The plugin and global setup may be two instances of every module, which meet in one place of the process.
const KEY = Symbol.for('vitest-tidb.sqlFiles')
const place = globalThis as { [KEY]?: WeakMap<Vitest, Map<TestProject, Promise<Begun>>> }

function begunOf(vitest: Vitest): Map<TestProject, Promise<Begun>> {
  const all = (place[KEY] ??= new WeakMap())
  let begun = all.get(vitest)
  if (begun === undefined) all.set(vitest, (begun = new Map()))
  return begun
}

function selected(project: TestProject, specifications: readonly TestSpecification[] = []): readonly string[] {
  const files = specifications
    .filter((specification) => specification.project === project)
    .map(({ moduleId }) => moduleId)
  return files.filter((file) => extensions.some((extension) => file.endsWith(extension)))
}

/** Whether files of SQL were selected to run. */
export function hasSqlFiles(project: TestProject, specifications: readonly TestSpecification[] | undefined): boolean {
  return selected(project, specifications).length > 0
}

/** Begins to start what the files of SQL of a project run on. */
export function beginSqlFiles(project: TestProject, specifications: readonly TestSpecification[] | undefined): void {
  const begun = begunOf(project.vitest)
  if (begun.has(project)) return
  const beginning = begin(project, selected(project, specifications).length)
  // Whoever waits for it is told.
  beginning.catch(() => undefined)
  begun.set(project, beginning)
}

/** What the workers are told; undefined if no file of SQL runs. @throws {ServerError} if there is no server to be had. */
export async function sqlFilesOf(project: TestProject): Promise<ProvidedSqlFiles | undefined> {
  return (await begunOf(project.vitest).get(project))?.provided
}

export async function stopSqlFiles(vitest: Vitest): Promise<void> {
  const begun = begunOf(vitest)
  const all = await Promise.allSettled(begun.values())
  begun.clear()
  await Promise.all(all.flatMap((each) => (each.status === 'fulfilled' ? [each.value.stop()] : [])))
}

async function begin(project: TestProject, files: number): Promise<Begun> {
  const given = registrationOf(project.vitest).options.get(project)
  const { sqlFiles } = given ?? {}
  const { options: settings, ...release } = settingsOf(given)
  const { serverConfig = settings.serverConfig } = sqlFiles ?? {}
  const { root } = project.config
  const options = { ...settings, ...(serverConfig !== undefined && { serverConfig }) }
  const { config } = loadConfig({ options, ...release, cwd: root })
  const log = (line: string) => project.vitest.logger.log(fitToPrint(`vitest-tidb: ${line}`))
  const count = Math.max(1, Math.min(files, Number(project.config.maxWorkers) || 1))
  const beside = sqlFiles?.baseline === true ? beginBaseline(config, count, log) : undefined
  // Whoever waits for it is told.
  beside?.catch(() => undefined)
  const provided = {
    root,
    connectTimeoutMs: config.connectTimeoutMs,
    serverWithinMs: FILE_WITHIN_MS,
    statementTimeoutMs: sqlFiles?.statementTimeoutMs ?? STATEMENT_WITHIN_MS,
    allowExec: sqlFiles?.allowExec ?? false,
    allowGlobal: sqlFiles?.allowGlobal ?? false,
  }
  if (isShared(config)) {
    const run = await runOf(project)
    project.provide('tidb', run.provided)
    const baseline = await beside
    return {
      provided: { ...provided, serversDir: undefined, ...baseline?.provided },
      stop: async () => baseline?.stop(),
    }
  }
  // A cluster is for what needs one; files run on servers of their own all the same.
  const own = config.provider === 'cluster' ? { ...config, provider: 'binary' as const } : config
  const [servers, baseline] = await Promise.allSettled([SqlServers.start(own, count, log), beside])
  const stop = async () => {
    const begun = [servers, baseline].flatMap((each) => (each.status === 'fulfilled' ? (each.value ?? []) : []))
    await Promise.all(begun.map((each) => each.stop()))
  }
  if (servers.status === 'fulfilled' && baseline.status === 'fulfilled') {
    return { provided: { ...provided, serversDir: servers.value.path, ...baseline.value?.provided }, stop }
  }
  await stop()
  throw [servers, baseline].find((each) => each.status === 'rejected')?.reason as Error
}
