import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { performance, wallTime } from '../../clock.ts'
import { ServerError } from '../../errors.ts'
import { inTime } from '../../wait.ts'
import { freePorts, type Ports } from '../ports.ts'
import { indentedTail, serves } from '../readiness.ts'
import { STOP_WITHIN_MS } from '../teardown.ts'
import { loadTestcontainers, withoutReaper } from '../testcontainers.ts'
import type { MemberProgram } from './member.ts'

const { GenericContainer, getContainerRuntimeClient, Wait } = await loadTestcontainers()
const { container: engine } = await getContainerRuntimeClient()

export interface ContainerProgramOptions {
  /** What it is called in errors, such as `PD`. */
  readonly name: string
  readonly image: string
  /** Name of its network, and its own name there. */
  readonly network: string
  readonly alias: string
  readonly labels: Record<string, string>
  readonly command: readonly string[]
  /** What it listens on in its container. */
  readonly inner: Ports
  /** Texts of files that it is given, by their paths in the container. */
  readonly files: Readonly<Record<string, string>>
  readonly logFile: string
  readonly startTimeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** Resolves once it serves on these ports of the engine's host. */
  readonly ready: (host: string, ports: Ports, over: AbortSignal) => Promise<unknown>
}

/** How often a start is tried again that found a port taken. */
const ATTEMPTS = 5
const PORT_TAKEN = /port is already allocated|address already in use/
const SIGNALLED = 128
const SIGNALS: Readonly<Record<number, string>> = { 6: 'SIGABRT', 9: 'SIGKILL', 11: 'SIGSEGV', 15: 'SIGTERM' }

/** A server program of this run in a container; the same container serves when it is started again, with its data. */
export class ContainerProgram implements MemberProgram {
  readonly identity = undefined
  readonly logFile: string
  readonly ended: Promise<string>
  readonly #id: string
  readonly #host: string
  readonly #options: ContainerProgramOptions
  #pid: number | undefined
  startedInMs = 0

  private constructor(options: ContainerProgramOptions, id: string, host: string, pid: number) {
    this.#options = options
    this.#id = id
    this.#host = host
    this.#pid = pid
    this.logFile = options.logFile
    this.ended = engine.dockerode
      .getContainer(id)
      .wait()
      .then(({ StatusCode }: { StatusCode: number }) => {
        this.#pid = undefined
        return SIGNALS[StatusCode - SIGNALLED] ?? `status ${StatusCode}`
      })
    this.ended.catch(() => undefined)
  }

  /** Creates its container, on two free ports. @throws {ServerError} with the end of its log; {DeadlineError} */
  static async create(
    options: ContainerProgramOptions,
  ): Promise<{ program: ContainerProgram; ports: Ports; host: string }> {
    for (let attempt = 1; ; attempt += 1) {
      const ports = await freePorts()
      try {
        return await ContainerProgram.#create(options, ports)
      } catch (error) {
        if (!PORT_TAKEN.test((error as Error).message) || attempt === ATTEMPTS) throw error
      }
    }
  }

  static async #create(options: ContainerProgramOptions, ports: Ports) {
    const { name, image, network, alias, labels, command, inner, files, logFile, startTimeoutMs } = options
    const began = performance.now()
    const definition = new GenericContainer(image)
      .withNetworkMode(network)
      .withNetworkAliases(alias)
      .withLabels(labels)
      .withCommand([...command])
      .withExposedPorts(...inner.map((container, index) => ({ container, host: ports[index] ?? 0 })))
      .withCopyContentToContainer(Object.entries(files).map(([target, content]) => ({ target, content })))
      // Its first line: whether it serves we ask ourselves, now and after each restart.
      .withWaitStrategy(Wait.forLogMessage(/./))
      .withStartupTimeout(startTimeoutMs)
      .withLogConsumer((stream) => stream.pipe(createWriteStream(logFile)))
    let started
    try {
      started = await withoutReaper(() => definition.start())
    } catch (cause) {
      const what = `${name}, a container of ${image}, did not start: ${(cause as Error).message}`
      throw new ServerError(`${what}\n${indentedTail(logFile)}`, { cause })
    }
    const host = started.getHost()
    const program = await ContainerProgram.#begun(options, started.getId(), host, ports, began)
    return { program, ports, host }
  }

  /** Starts it again in the container that it had. */
  async again(ports: Ports, signal: AbortSignal | undefined): Promise<ContainerProgram> {
    const began = performance.now()
    const container = engine.getById(this.#id)
    // A second, which is as exactly as the engine takes it.
    const since = Math.floor(wallTime() / 1_000)
    await container.start()
    const log = await engine.logs(container, { since })
    void finished(log.pipe(createWriteStream(this.logFile, { flags: 'a' }))).catch(() => undefined)
    return ContainerProgram.#begun({ ...this.#options, signal }, this.#id, this.#host, ports, began)
  }

  static async #begun(
    options: ContainerProgramOptions,
    id: string,
    host: string,
    ports: Ports,
    began: number,
  ): Promise<ContainerProgram> {
    const { name, logFile, startTimeoutMs, signal, ready } = options
    const { State } = await engine.inspect(engine.getById(id))
    const program = new ContainerProgram(options, id, host, State.Pid)
    const failed = program.ended.then((how) => {
      throw new ServerError(`${name} ended with ${how} before it answered\n${indentedTail(logFile)}`, {
        hints: ['see what its log says above'],
      })
    })
    failed.catch(() => undefined)
    try {
      await serves({ name, ready: (over) => ready(host, ports, over), failed, logFile, startTimeoutMs, signal })
    } catch (error) {
      await program.kill()
      throw error
    }
    program.startedInMs = performance.now() - began
    return program
  }

  get pid(): number | undefined {
    return this.#pid
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL', STOP_WITHIN_MS)
  }

  async shutDown(withinMs: number): Promise<void> {
    try {
      await this.#end('SIGTERM', withinMs)
    } finally {
      await this.kill()
    }
  }

  pause(): Promise<void> {
    return this.#signal('SIGSTOP')
  }

  resume(): Promise<void> {
    return this.#signal('SIGCONT')
  }

  async #end(signal: string, withinMs: number): Promise<void> {
    if (this.#pid === undefined) return
    await this.#signal(signal)
    await inTime(this.ended, `${this.#options.name} to end after ${signal}`, withinMs)
  }

  async #signal(signal: string): Promise<void> {
    try {
      await engine.getById(this.#id).kill({ signal })
    } catch (cause) {
      if (this.#pid === undefined || (await this.#isGone())) return
      throw new ServerError(`the Docker engine did not send ${signal} to ${this.#options.name}`, { cause })
    }
  }

  async #isGone(): Promise<boolean> {
    const { State } = await engine.inspect(engine.getById(this.#id))
    return !State.Running
  }
}
