import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '../config/secret.ts'
import { loadDriver, TiDBConnection } from '../connection/connection.ts'
import { ServerError } from '../errors.ts'
import { HOST, listensOn, type Ports } from './ports.ts'
import { Program, type ProgramOptions } from './program.ts'
import type { Watchdog } from './watchdog.ts'

export interface TiDBProcessOptions {
  /** What it is called in errors. Default `tidb-server`. */
  readonly name?: string | undefined
  readonly binary: string
  /** Folder for log and whatever else the server writes; for its data too, if it has no PD. */
  readonly folder: string
  /** Address of the PD of its cluster; without one, it keeps its data itself, on unistore. */
  readonly pd?: string | undefined
  /** Ports of the SQL protocol and of the status API that it had before. */
  readonly ports?: Ports | undefined
  readonly serverArgs: readonly string[]
  readonly serverConfig: string | undefined
  readonly startTimeoutMs: number
  readonly watchdog: Watchdog
  readonly signal?: AbortSignal | undefined
}

/** A tidb-server that answers, as a child of this process. */
export class TiDBProcess {
  readonly host = HOST
  readonly port: number
  readonly statusPort: number
  readonly program: Program

  private constructor(program: Program, [port, statusPort]: Ports) {
    this.program = program
    this.port = port
    this.statusPort = statusPort
  }

  /** @throws {ServerError} with the end of the log if it ends early, {DeadlineError} if it never answers. */
  static async start(options: TiDBProcessOptions): Promise<TiDBProcess> {
    const { program, ports } = await Program.start((on) => programOf(options, on), options.ports)
    return new TiDBProcess(program, ports)
  }

  /** Ends it at once: nothing in it is worth keeping. */
  stop(): Promise<void> {
    return this.program.kill()
  }
}

function programOf(options: TiDBProcessOptions, ports: Ports): ProgramOptions {
  const {
    name = 'tidb-server',
    binary,
    folder,
    pd,
    serverArgs,
    serverConfig,
    startTimeoutMs,
    watchdog,
    signal,
  } = options
  const temp = join(folder, 'temp')
  mkdirSync(temp, { recursive: true })
  const path = pd ?? join(folder, 'data')
  const args = [
    ...(serverConfig === undefined ? [] : ['-config', serverConfig]),
    ...['-store', pd === undefined ? 'unistore' : 'tikv', '-path', path, '-temp-dir', temp],
    ...['-host', HOST, '-P', String(ports[0]), '-status-host', HOST, '-status', String(ports[1])],
    ...(pd === undefined ? [] : ['-advertise-address', HOST]),
    // In the folder of the server, by the name that TiDB gives it: plans quote it.
    ...['-socket', join(folder, 'socket'), '-log-slow-query', 'tidb-slow.log'],
    ...serverArgs,
  ]
  const ready = async (over: AbortSignal) => {
    // By the port and not by the log, which says nothing of it if TIDB_SERVER_ARGS ask for warnings only.
    // The driver is loaded while the server starts, not after.
    await Promise.all([listensOn(ports[0], over), loadDriver()])
    if (!over.aborted) await firstQuery({ host: HOST, port: ports[0], path, withinMs: startTimeoutMs })
  }
  const logFile = join(folder, 'tidb.log')
  const append = options.ports !== undefined
  return { name, binary, args, folder, temp, logFile, append, startTimeoutMs, watchdog, signal, ready }
}

interface FirstQuery {
  readonly host: string
  readonly port: number
  /** Path of its storage. */
  readonly path: string
  readonly withinMs: number
}

/** Proves that it is this very server which answers there. */
export async function firstQuery({ host, port, path, withinMs }: FirstQuery): Promise<void> {
  const address = { host, port, user: 'root', password: new Secret(''), connectTimeoutMs: withinMs }
  await using connection = await TiDBConnection.open(address, { name: 'first query' })
  const [row] = await connection.query<{ path: string }>('select @@datadir as path', [], { within: withinMs })
  if (row?.path !== path) throw new ServerError(`port ${port} is that of a server on ${row?.path}, not on ${path}`)
}
