import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { wallTime } from '../clock.ts'
import { loadConfig } from '../config/config.ts'
import type { Settings } from '../config/settings.ts'
import { toMs } from '../duration.ts'
import { ConfigError, ServerError } from '../errors.ts'
import {
  keptServers,
  standingOf,
  stateOf,
  urlOf,
  type KeptServer,
  type KeptState,
  type Kind,
} from '../kept/kept-server.ts'
import { startKept } from '../kept/start-kept.ts'
import { cleanKept, findKept, stopKept } from '../kept/stop-kept.ts'
import { formatDuration } from '../number-format.ts'
import { printJson, printLine, printProgress, printTable } from './print.ts'

/** Options of `server start` and `cluster start`, as the command line has them. */
export interface StartOptions {
  readonly release?: string
  readonly provider?: string
  readonly nodes?: string
  readonly ttl?: string
  /** Until it is stopped. */
  readonly keep?: boolean
  readonly json?: boolean
}

const TTL = '8h'

/** What a keeper starts its server with: no host, and no secrets. */
const HANDED = [
  ...(['version', 'image', 'serverBin', 'serverArgs', 'serverConfig', 'cacheDir', 'clusterNodes'] as const),
  ...(['clusterProvider', 'startTimeoutMs', 'pullTimeoutMs', 'buildTimeoutMs'] as const),
]

/** Starts one, and prints where it is. */
export async function start(kind: Kind, name: string | undefined, options: StartOptions, signal: AbortSignal) {
  const { json = false, keep = false, ttl = TTL } = options
  const ttlMs = keep ? undefined : toMs(ttl, '--ttl')
  if (ttlMs === 0) throw new ConfigError(['--ttl'], '--ttl is 0', { hints: ['give more, or --keep'] })
  const settings = settingsFor(kind, options)
  const started = wallTime()
  const kept = await startKept({ name, kind, settings, ttlMs }, { signal, onProgress: printProgress })
  if (json)
    return printJson({ ok: true, ...describe(kept, stateOf(kept)), startedInMs: Math.round(wallTime() - started) })
  const [first, ...others] = kept.up?.nodes ?? []
  if (first === undefined) return
  printLine(`${kept.name}: TiDB ${kept.up?.release}, ${first.description}`)
  printLine(urlOf(first))
  for (const node of others) printLine(urlOf(node))
  printLine(endOf(kept))
  printLine(`in vitest:  TIDB_REUSE=${kept.name} npx vitest run`)
  printLine(`end it:     npx vitest-tidb ${kind} stop ${kept.name}`)
}

function settingsFor(kind: Kind, { release, provider, nodes }: StartOptions): Settings {
  const commandLine: Settings = {
    ...(release !== undefined && { version: release }),
    ...(provider !== undefined && checkedProvider(kind, provider)),
    ...(nodes !== undefined && { clusterNodes: nodes }),
  }
  const { config, warnings } = loadConfig({ commandLine })
  for (const warning of warnings) printProgress(`warning: ${warning}`)
  const handed: Settings = Object.fromEntries(HANDED.map((name) => [name, config[name]]))
  if (kind === 'cluster') return { ...handed, provider: 'cluster' }
  // What is configured for runs may be a host, or a cluster.
  const own = config.provider === 'container' || config.provider === 'binary' ? config.provider : 'auto'
  return { ...handed, provider: own }
}

function checkedProvider(kind: Kind, provider: string): Settings {
  if (provider === 'binary' || provider === 'container') {
    return kind === 'cluster' ? { clusterProvider: provider } : { provider }
  }
  throw new ConfigError(['--provider'], '--provider is neither binary nor container', {
    hints: ['give binary or container, or leave it out'],
  })
}

/** Ends one, and says so; also of one that was gone. */
export async function stop(kind: Kind, name: string | undefined, { json = false }: { readonly json?: boolean }) {
  const kept = findKept(kind, name)
  const became = await stopKept(kept)
  if (json) return printJson({ ok: true, name: kept.name, was: became === 'gone' ? 'gone' : 'up' })
  printLine(
    became === 'gone'
      ? `${kept.name} was gone: its keeper (process ${kept.keeper.pid}) was killed. What it left is cleared away.`
      : `${kept.name} is stopped, and its data are gone`,
  )
}

export async function list(kind: Kind, { json = false }: { readonly json?: boolean }): Promise<void> {
  const ofKind = keptServers().filter((kept) => kept.kind === kind)
  const all = await Promise.all(ofKind.map(async (kept) => ({ kept, state: await standingOf(kept) })))
  if (json) return printJson({ ok: true, [`${kind}s`]: all.map(({ kept, state }) => describe(kept, state)) })
  if (all.length === 0) return printLine(`there is no ${kind}; start one: npx vitest-tidb ${kind} start`)
  printTable(
    all.map(({ kept, state }) => {
      const [first, ...others] = kept.up?.nodes ?? []
      const where = first === undefined ? '' : `${urlOf(first)}${others.length > 0 ? ` and ${others.length} more` : ''}`
      return [kept.name, state, where, kept.up?.release ?? '', endOf(kept)]
    }),
  )
}

export async function clean(kind: Kind, { json = false }: { readonly json?: boolean }): Promise<void> {
  const cleaned = await cleanKept(kind, printProgress)
  if (json) return printJson({ ok: true, cleaned })
  printLine(cleaned.length === 0 ? 'nothing to clean' : `cleaned: ${cleaned.join(', ')}`)
}

export interface LogsOptions {
  readonly lines?: string
  readonly node?: string
  readonly json?: boolean
}

const LINES = 100

/** Prints the end of the log of one, without secrets. */
export async function logs(kind: Kind, name: string | undefined, options: LogsOptions): Promise<void> {
  const { lines = String(LINES), node = '0', json = false } = options
  const kept = findKept(kind, name)
  const count = numberOf('--lines', lines)
  const nodes = kept.up?.nodes ?? []
  const at = nodes[numberOf('--node', node)]
  if (at?.logFile === undefined) {
    throw new ServerError(`${kept.name} has no log of node ${node}`, {
      hints: [nodes.length === 0 ? 'it does not run yet' : `its nodes are 0 to ${nodes.length - 1}`],
    })
  }
  const last = await lastLines(at.logFile, count)
  if (json) return printJson({ ok: true, name: kept.name, file: at.logFile, lines: last })
  for (const line of last) printLine(line)
}

async function lastLines(file: string, count: number): Promise<string[]> {
  const last: string[] = []
  for await (const line of createInterface({ input: createReadStream(file) })) {
    last.push(line)
    if (last.length > count) last.shift()
  }
  return last
}

function numberOf(option: string, value: string): number {
  const number = /^\d{1,6}$/.test(value) ? Number(value) : undefined
  if (number !== undefined) return number
  throw new ConfigError([option], `${option} is ${JSON.stringify(value)}`, { hints: ['give a whole number'] })
}

function describe(kept: KeptServer, state: KeptState) {
  const { name, kind, keeper, startedAt, endsAt, up } = kept
  return {
    ...{ name, kind, state, url: up === undefined ? null : urlOf(up.nodes[0]) },
    nodes: up?.nodes.map((node) => ({ ...node, url: urlOf(node) })) ?? [],
    release: up?.release ?? null,
    keeper: keeper.pid,
    startedAt: new Date(startedAt).toISOString(),
    endsAt: endsAt === undefined ? null : new Date(endsAt).toISOString(),
  }
}

function endOf({ endsAt }: KeptServer): string {
  if (endsAt === undefined) return 'runs until it is stopped'
  const left = endsAt - wallTime()
  return left > 0 ? `ends by itself in ${formatDuration(left)}` : 'its time is up'
}
