import { noteStarted, type Loss } from '../../connection/started-servers.ts'
import { ServerError } from '../../errors.ts'
import { accountOf } from '../account.ts'
import { hostPort } from '../../host-port.ts'
import { HOST, type Ports } from '../ports.ts'
import type { ProcessIdentity } from '../process-identity.ts'
import { indentedTail } from '../readiness.ts'
import type { Watchdog } from '../watchdog.ts'

/** `died` is one that ended by itself, and not because it was asked to. */
export type MemberState = 'running' | 'paused' | 'killed' | 'stopped' | 'died'

/** How a member is started, the first time and again. */
export interface MemberStart {
  /** What it is, such as `node 1 (tidb-server v8.5.6)`. */
  readonly name: string
  /** @param ports that it had before; undefined the first time. */
  readonly launch: (ports: Ports | undefined, signal: AbortSignal | undefined) => Promise<Launched>
  /** How long it may take to shut down, in ms. */
  readonly stopWithinMs: number
}

/** What all members of a cluster are started with. */
export interface MemberSurroundings {
  readonly startTimeoutMs: number
  readonly watchdog: Watchdog
  readonly signal?: AbortSignal | undefined
}

/** A program that runs, as a process of this machine or in a container. */
export interface MemberProgram {
  /** Number of its process; undefined once it has ended. */
  readonly pid: number | undefined
  /** Of a process of this machine. */
  readonly identity: ProcessIdentity | undefined
  readonly startedInMs: number
  readonly logFile: string
  /** Resolves when it has ended, to how: `SIGKILL`, `status 1`. */
  readonly ended: Promise<string>
  kill(): Promise<void>
  shutDown(withinMs: number): Promise<void>
  pause(): void | Promise<void>
  resume(): void | Promise<void>
}

export interface Launched {
  readonly program: MemberProgram
  /** Where it is reached from here. */
  readonly ports: Ports
  readonly host?: string
  /** Where the rest of its cluster reaches it, in a container. Default: as from here. */
  readonly advertised?: Advertised
}

/** Where the rest of a cluster reaches a member. */
export interface Advertised {
  readonly host: string
  readonly port: number
  readonly statusPort: number
}

const DONE: Readonly<Record<Exclude<MemberState, 'running' | 'died'>, string>> = {
  paused: 'paused by the test (SIGSTOP)',
  killed: 'killed by the test (SIGKILL)',
  stopped: 'stopped by the test (SIGTERM)',
}

/** One program of a cluster. A test may end, pause and start it again; what it did is said in errors and reports. */
export class ClusterMember {
  readonly name: string
  readonly host: string
  /** Port that the rest of the cluster, and of the world, connects to; the same after a restart. */
  readonly port: number
  /** Port of the HTTP status API; of PD, the one for other PDs. */
  readonly statusPort: number
  /** Where the rest of the cluster reaches it. @internal */
  readonly advertised: Advertised
  readonly #start: MemberStart
  #program: MemberProgram
  #state: MemberState = 'running'
  #diedOf: string | undefined
  #over = false

  constructor(start: MemberStart, { program, ports: [port, statusPort], host = HOST, advertised }: Launched) {
    this.name = start.name
    this.#start = start
    this.host = host
    this.port = port
    this.statusPort = statusPort
    this.advertised = advertised ?? { host, port, statusPort }
    this.#program = program
    this.#watch(program)
  }

  /** `host:port` of it. */
  get address(): string {
    return hostPort(this.host, this.port)
  }

  get state(): MemberState {
    return this.#state
  }

  /** Number of its process, on the machine that it runs on; undefined while it does not run. */
  get pid(): number | undefined {
    return this.#program.pid
  }

  get identity(): ProcessIdentity | undefined {
    return this.#program.identity
  }

  /** How long its last start took, in ms. */
  get startedInMs(): number {
    return this.#program.startedInMs
  }

  /** File that its output goes to, of all its starts. */
  get logFile(): string {
    return this.#program.logFile
  }

  /**
   * Starts it again, on the same ports and data, once it was ended.
   *
   * @throws {ServerError} if it runs, or does not start; {DeadlineError} if it never answers.
   */
  async start(signal?: AbortSignal): Promise<void> {
    if (this.pid !== undefined) throw new ServerError(`${this.name} is already running`)
    const { program } = await this.#start.launch([this.port, this.statusPort], signal)
    this.#program = program
    this.#state = 'running'
    this.#watch(program)
  }

  #watch(program: MemberProgram): void {
    this.#note()
    void program.ended.then((how) => {
      const asked = this.#over || program !== this.#program
      if (asked || (this.#state !== 'running' && this.#state !== 'paused')) return
      this.#state = 'died'
      this.#diedOf = how
    })
  }

  /** Ends it at once, as a crash would (SIGKILL). Does nothing if it does not run. */
  async kill(): Promise<void> {
    if (this.pid === undefined) return
    this.#state = 'killed'
    await this.#program.kill()
  }

  /**
   * Shuts it down, as a restart of it would (SIGTERM). A tidb-server lets open transactions go on for some seconds.
   *
   * @throws {DeadlineError} if it does not end: it is killed then.
   */
  async stop(): Promise<void> {
    if (this.pid === undefined) return
    await this.resume()
    this.#state = 'stopped'
    await this.#program.shutDown(this.#start.stopWithinMs)
  }

  /** Halts it where it stands (SIGSTOP): its connections stay open, and nothing on them is answered. */
  async pause(): Promise<void> {
    this.#require('paused')
    await this.#program.pause()
    this.#state = 'paused'
  }

  /** Lets it go on (SIGCONT). Does nothing if it is not paused. */
  async resume(): Promise<void> {
    if (this.#state !== 'paused') return
    await this.#program.resume()
    this.#state = 'running'
    this.#note()
  }

  /** Ends it at once with its cluster; its last state can still be read. */
  async end(): Promise<void> {
    this.#over = true
    await this.#program.kill()
  }

  /** How it stands, if it is not simply running: for reports. */
  describe(): string | undefined {
    const state = this.#state
    if (state === 'running') return undefined
    if (state !== 'died') return `${this.name} is ${DONE[state]}`
    return `${this.name} died (${this.#diedOf}): the end of its log, ${this.logFile}:\n${indentedTail(this.logFile)}`
  }

  #require(what: string): void {
    if (this.pid !== undefined) return
    throw new ServerError(`${this.name} can't be ${what}: ${this.describe() ?? 'it does not run'}`, {
      hints: ['start it again first: await node.start()'],
    })
  }

  /** It answers from now on, whatever dials found before. */
  #note(): void {
    noteStarted(this.address, (loss) => this.#account(loss))
  }

  #account(loss: Loss): string {
    const state = this.#state
    if (state !== 'running' && state !== 'died') return `that is ${this.name}, ${DONE[state]}`
    return accountOf({ description: this.name, logFile: this.logFile, process: this.identity }, loss)
  }
}
