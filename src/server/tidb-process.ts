import { logTail } from './log-tail.ts'
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, statfsSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { clearTimeout, delay, setTimeout } from '../clock.ts'
import { DeadlineError, ServerError } from '../errors.ts'
import { faultHint } from '../file-fault.ts'
import { formatSize } from '../number-format.ts'
import { Secret } from '../config/secret.ts'
import { loadDriver, TiDBConnection } from '../connection/connection.ts'
import { inTime } from '../wait.ts'
import { childEnv } from './child-env.ts'
import { startTimeOf, type ProcessIdentity } from './process-identity.ts'
import type { Watchdog } from './watchdog.ts'

export interface TiDBProcessOptions {
  readonly binary: string
  /** Folder for data, log and whatever else the server writes. */
  readonly folder: string
  readonly serverArgs: readonly string[]
  readonly serverConfig: string | undefined
  readonly startTimeoutMs: number
  readonly watchdog: Watchdog
  readonly signal?: AbortSignal | undefined
}

interface Kept {
  readonly logFile: string
  readonly identity: ProcessIdentity | undefined
  readonly release: () => void
}

const HOST = '127.0.0.1'
const LOOK_EVERY_MS = 3
/** A process that hangs in the kernel does not end even then, in ms. */
const STOP_WITHIN_MS = 7_000
/** The data of a server that was just started, and some of its log. */
const NEEDED_BYTES = 16 * 1_024 ** 2
const PORT_TAKEN = /address already in use/
const ATTEMPTS = 5

/** A tidb-server on unistore that answers, as a child of this process. */
export class TiDBProcess {
  readonly host = HOST
  readonly port: number
  readonly statusPort: number
  readonly logFile: string
  readonly identity: ProcessIdentity | undefined
  readonly #child: ChildProcess
  readonly #release: () => void

  private constructor(child: ChildProcess, ports: readonly [number, number], { logFile, identity, release }: Kept) {
    this.#child = child
    this.identity = identity
    ;[this.port, this.statusPort] = ports
    this.logFile = logFile
    this.#release = release
  }

  /** @throws {ServerError} with the end of the log if it ends early, {DeadlineError} if it never answers. */
  static async start(options: TiDBProcessOptions): Promise<TiDBProcess> {
    for (let attempt = 1; ; attempt += 1) {
      const server = await TiDBProcess.#launch(options)
      if (server !== undefined) return server
      // Somebody took a port between our check and the server's: try again.
      if (attempt === ATTEMPTS) throw new ServerError(`tidb-server found its port taken ${ATTEMPTS} times in a row`)
    }
  }

  static async #launch(options: TiDBProcessOptions): Promise<TiDBProcess | undefined> {
    const { binary, folder, serverArgs, serverConfig, startTimeoutMs, watchdog, signal } = options
    const ports = await freePorts()
    const logFile = join(folder, 'tidb.log')
    const temp = join(folder, 'temp')
    mkdirSync(temp, { recursive: true })
    const output = openSync(logFile, 'w')
    const child = spawn(
      binary,
      [
        ...(serverConfig === undefined ? [] : ['-config', serverConfig]),
        ...['-store', 'unistore', '-path', join(folder, 'data'), '-temp-dir', temp],
        ...['-host', HOST, '-P', String(ports[0]), '-status-host', HOST, '-status', String(ports[1])],
        ...['-socket', join(folder, 'socket'), '-log-slow-query', join(folder, 'slow.log')],
        ...serverArgs,
      ],
      // One stream for log, panics and usage errors: the server logs to its output by default.
      // Some of what it writes goes to the system's temp folder, whatever its options say: that folder is ours too.
      { cwd: folder, env: { ...childEnv('server'), TMPDIR: temp }, stdio: ['ignore', output, output], detached: true },
    )
    closeSync(output)
    const identity = child.pid === undefined ? undefined : { pid: child.pid, startTime: startTimeOf(child.pid) }
    const release = identity === undefined ? () => undefined : watchdog.watch({ kind: 'process', ...identity })
    const server = new TiDBProcess(child, ports, { logFile, identity, release })
    try {
      await server.#ready(startTimeoutMs, signal)
      return server
    } catch (error) {
      await server.stop()
      if (error instanceof ServerError && PORT_TAKEN.test(readFileSync(logFile, 'utf8'))) return undefined
      throw error
    }
  }

  /** Resolves once the log says so and a first query was answered by this very process. */
  async #ready(withinMs: number, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    const { promise, reject } = Promise.withResolvers<never>()
    promise.catch(() => undefined)
    const timer = setTimeout(
      () =>
        reject(
          new DeadlineError(`tidb-server to answer\n${this.#logTail()}`, withinMs, {
            hints: ['TIDB_START_TIMEOUT_MS is this deadline'],
          }),
        ),
      withinMs,
    )
    const onExit = (status: number | null, ended: string | null) =>
      reject(
        new ServerError(
          `tidb-server ended with ${ended ?? `status ${status}`} before it answered\n${this.#logTail()}`,
          { hints: ['see what its log says above', ...this.#fullDisk()] },
        ),
      )
    const onError = (cause: Error) => {
      const hint = faultHint((cause as NodeJS.ErrnoException).code)
      reject(
        new ServerError(`tidb-server could not be started: ${cause.message}`, {
          hints: hint === undefined ? [] : [hint],
          cause,
        }),
      )
    }
    const onAbort = () => reject(signal?.reason as Error)
    let over = false
    this.#child.once('exit', onExit).once('error', onError)
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      // By the port and not by the log, which says nothing of it if TIDB_SERVER_ARGS ask for warnings only.
      const listening = listensOn(this.port, () => over)
      // Loaded while the server starts, not after.
      await Promise.race([Promise.all([listening, loadDriver()]), promise])
      await Promise.race([this.#firstQuery(withinMs), promise])
    } finally {
      over = true
      clearTimeout(timer)
      this.#child.off('exit', onExit).off('error', onError)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** What to do about a disk that has no room for the server's data: its log then may say nothing at all. */
  #fullDisk(): string[] {
    const folder = dirname(this.logFile)
    const { bavail, bsize } = statfsSync(folder)
    const free = bavail * bsize
    if (free >= NEEDED_BYTES) return []
    return [`only ${formatSize(free)} are free in ${folder}: make room there, or point TMPDIR at another disk`]
  }

  async #firstQuery(withinMs: number): Promise<void> {
    const address = { host: HOST, port: this.port, user: 'root', password: new Secret(''), connectTimeoutMs: withinMs }
    await using connection = await TiDBConnection.open(address, { name: 'first query' })
    const [row] = await connection.query<{ folder: string }>('select @@datadir as folder', [], { within: withinMs })
    const folder = join(dirname(this.logFile), 'data')
    if (row?.folder !== folder)
      throw new ServerError(`port ${this.port} is that of a server on ${row?.folder}, not on ${folder}`)
  }

  #logTail(): string {
    return (logTail(this.logFile) ?? '').replace(/^/gm, '  ')
  }

  /** Ends it at once: nothing in it is worth keeping. */
  async stop(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child
    if (pid !== undefined && exitCode === null && signalCode === null) {
      const gone = new Promise((resolve) => this.#child.once('exit', resolve))
      this.#child.kill('SIGKILL')
      await inTime(gone, `tidb-server (process ${pid}) to end after SIGKILL`, STOP_WITHIN_MS)
    }
    this.#release()
  }

  /** Shuts it down cleanly, with its data on disk complete. @throws {DeadlineError} if it had to be killed. */
  async shutDown(withinMs: number): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()))
    this.#child.kill('SIGTERM')
    try {
      await inTime(gone, 'tidb-server to shut down', withinMs, { hints: ['TIDB_START_TIMEOUT_MS is this deadline'] })
    } finally {
      await this.stop()
    }
  }

  /** Lets this process end while the server runs: the watchdog then stops the server. */
  unref(): void {
    this.#child.unref()
  }
}

/** Resolves once something listens on a port, or nobody wants to know any more. */
async function listensOn(port: number, over: () => boolean): Promise<void> {
  while (!over() && !(await accepts(port))) await delay(LOOK_EVERY_MS)
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST)
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => settle(true)).once('error', () => settle(false))
  })
}

/** Two ports that are free now. The server itself says if one was taken since. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()]
  const ports = await Promise.all(
    servers.map(async (server) => {
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, HOST, resolve))
      return (server.address() as AddressInfo).port
    }),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports as [number, number]
}
