import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { performance } from '../clock.ts'
import { ServerError } from '../errors.ts'
import { faultHint } from '../file-fault.ts'
import { formatSize } from '../number-format.ts'
import { inTime } from '../wait.ts'
import { childEnv } from './child-env.ts'
import { freePorts, type Ports } from './ports.ts'
import { startTimeOf, type ProcessIdentity } from './process-identity.ts'
import { indentedTail, serves } from './readiness.ts'
import { STOP_WITHIN_MS } from './teardown.ts'
import type { Watchdog } from './watchdog.ts'

export interface ProgramOptions {
  /** What it is called in errors, such as `tidb-server` or `PD`. */
  readonly name: string
  readonly binary: string
  readonly args: readonly string[]
  /** Folder that it works in. */
  readonly folder: string
  /** Folder for what it writes to the system's temp folder, whatever its options say. */
  readonly temp: string
  /** File for its output, which is where a server logs to by default: usage errors and panics stand there as well. */
  readonly logFile: string
  /** Whether the file holds the output of an earlier start, to be kept. */
  readonly append?: boolean | undefined
  readonly startTimeoutMs: number
  readonly watchdog: Watchdog
  readonly signal?: AbortSignal | undefined
  /** Resolves once it serves, as its own answers say; the signal fires when nobody wants to know any more. */
  readonly ready: (over: AbortSignal) => Promise<unknown>
}

/** How often a start is tried again that found a port taken. */
const ATTEMPTS = 5
/** The data of a server that was just started, and some of its log. */
const NEEDED_BYTES = 16 * 1_024 ** 2
const PORT_TAKEN = /address already in use/

/** A server program of this run, as a child of this process: it never outlives the run. */
export class Program {
  readonly name: string
  readonly logFile: string
  readonly identity: ProcessIdentity | undefined
  /** How long it took until it served, in ms. */
  startedInMs = 0
  /** Resolves when the process has ended, to how: `SIGKILL`, `status 1`. */
  readonly ended: Promise<string>
  readonly #child: ChildProcess
  readonly #release: () => void
  #over = false

  private constructor({ name, logFile, watchdog }: ProgramOptions, child: ChildProcess) {
    this.name = name
    this.logFile = logFile
    this.#child = child
    this.identity = child.pid === undefined ? undefined : { pid: child.pid, startTime: startTimeOf(child.pid) }
    this.#release =
      this.identity === undefined ? () => undefined : watchdog.watch({ kind: 'process', ...this.identity })
    this.ended = new Promise((resolve) => {
      child.once('exit', (status, signal) => {
        this.#over = true
        this.#release()
        resolve(signal ?? `status ${status}`)
      })
    })
  }

  /**
   * Starts it on two free ports, or on those that it had before.
   *
   * @throws {ServerError} with the end of the log if it ends early, {DeadlineError} if it never serves.
   */
  static async start(
    optionsOf: (ports: Ports) => ProgramOptions,
    before?: Ports,
  ): Promise<{ readonly program: Program; readonly ports: Ports }> {
    for (let attempt = 1; ; attempt += 1) {
      const ports = before ?? (await freePorts())
      const options = optionsOf(ports)
      const program = await Program.#start(options)
      if (program !== undefined) return { program, ports }
      if (before !== undefined) {
        const taken = `${before.join(' or ')} belongs to another process by now`
        throw new ServerError(`${options.name} found its port taken: ${taken}`)
      }
      // Somebody took a port between our check and the server's: try again.
      if (attempt === ATTEMPTS) throw new ServerError(`${options.name} found its port taken ${ATTEMPTS} times in a row`)
    }
  }

  /** @returns undefined if a port that it was given is taken. */
  static async #start(options: ProgramOptions): Promise<Program | undefined> {
    const { binary, args, folder, temp, logFile, append = false } = options
    const before = append ? sizeOf(logFile) : 0
    const began = performance.now()
    const output = openSync(logFile, append ? 'a' : 'w')
    const env = { ...childEnv('server'), TMPDIR: temp }
    const child = spawn(binary, args, { cwd: folder, env, stdio: ['ignore', output, output], detached: true })
    closeSync(output)
    const program = new Program(options, child)
    try {
      await program.#ready(options)
      program.startedInMs = performance.now() - began
      return program
    } catch (error) {
      await program.kill()
      if (error instanceof ServerError && PORT_TAKEN.test(readFileSync(logFile).toString('utf8', before)))
        return undefined
      throw error
    }
  }

  /** Number of its process; undefined once it has ended. */
  get pid(): number | undefined {
    return this.running ? this.identity?.pid : undefined
  }

  get running(): boolean {
    return this.#child.pid !== undefined && !this.#over
  }

  async #ready({ ready, startTimeoutMs, signal }: ProgramOptions): Promise<void> {
    const { name, logFile } = this
    const { promise: failed, reject } = Promise.withResolvers<never>()
    failed.catch(() => undefined)
    const onExit = (status: number | null, ended: string | null) =>
      reject(
        new ServerError(
          `${name} ended with ${ended ?? `status ${status}`} before it answered\n${indentedTail(logFile)}`,
          { hints: ['see what its log says above', ...this.#fullDisk()] },
        ),
      )
    const onError = (cause: Error) => {
      const hint = faultHint((cause as NodeJS.ErrnoException).code)
      reject(
        new ServerError(`${name} could not be started: ${cause.message}`, {
          hints: hint === undefined ? [] : [hint],
          cause,
        }),
      )
    }
    this.#child.once('exit', onExit).once('error', onError)
    try {
      await serves({ name, ready, failed, logFile, startTimeoutMs, signal })
    } finally {
      this.#child.off('exit', onExit).off('error', onError)
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

  /** Ends it at once, as a crash would; a paused one too. */
  async kill(): Promise<void> {
    if (!this.running) return this.#release()
    this.#child.kill('SIGKILL')
    // A process that hangs in the kernel does not end even after that.
    await inTime(this.ended, `${this.name} (process ${this.#child.pid}) to end after SIGKILL`, STOP_WITHIN_MS)
  }

  /** Shuts it down cleanly, with its data on disk complete. @throws {DeadlineError} if it had to be killed. */
  async shutDown(withinMs: number): Promise<void> {
    if (!this.running) return
    this.#child.kill('SIGTERM')
    try {
      await inTime(this.ended, `${this.name} to shut down`, withinMs, {
        hints: ['TIDB_START_TIMEOUT_MS is this deadline'],
      })
    } finally {
      await this.kill()
    }
  }

  /** Halts it where it stands: its connections stay open, and nothing on them is answered. */
  pause(): void {
    this.#child.kill('SIGSTOP')
  }

  /** Lets it go on. */
  resume(): void {
    this.#child.kill('SIGCONT')
  }

  /** Lets this process end while the server runs: the watchdog then stops the server. */
  unref(): void {
    this.#child.unref()
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
