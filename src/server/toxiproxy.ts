import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { ServerError } from '../errors.ts'
import { hostPort } from '../host-port.ts'
import { Undo } from '../undo.ts'
import { buildProgram } from './build.ts'
import { ask, until } from './http-api.ts'
import { HOST, type Ports } from './ports.ts'
import { Program } from './program.ts'
import { toxiproxyRecipe } from './recipe.ts'
import type { StartOptions } from './server.ts'
import { Watchdog } from './watchdog.ts'
import { watchedFolder } from './watched-folder.ts'

/** What happens to the bytes of one direction, by the names of https://github.com/Shopify/toxiproxy#toxics. */
export interface Toxic {
  readonly type: 'latency' | 'bandwidth' | 'timeout'
  readonly stream: 'upstream' | 'downstream'
  readonly attributes: Readonly<Record<string, number>>
}

/** A toxiproxy of this process: proxies between sessions and servers, which break the network between them as they are told. */
export class Toxiproxy implements AsyncDisposable {
  readonly #place: string
  readonly #undo: Undo
  #proxies = 0

  private constructor(place: string, undo: Undo) {
    this.#place = place
    this.#undo = undo
  }

  /** Starts one; it is built with Go if it is not there yet. @throws {ServerError} if it can't be built, or does not start. */
  static async start(config: Config, options: StartOptions = {}): Promise<Toxiproxy> {
    const binary = await buildProgram(toxiproxyRecipe(), config, options)
    const watchdog = Watchdog.ofProcess()
    const undo = new Undo()
    const { path: folder, remove } = watchedFolder('vitest-tidb-toxiproxy-')
    undo.defer(remove)
    const temp = join(folder, 'temp')
    mkdirSync(temp)
    const programOf = ([port]: Ports) => ({
      ...{ name: 'toxiproxy-server', binary, folder, temp, watchdog, signal: options.signal },
      args: ['-host', HOST, '-port', String(port)],
      logFile: join(folder, 'toxiproxy.log'),
      startTimeoutMs: config.startTimeoutMs,
      ready: (over: AbortSignal) =>
        until(over, async () => (await ask(hostPort(HOST, port), '/proxies', over)) !== undefined),
    })
    try {
      const { program, ports } = await Program.start(programOf)
      program.unref()
      undo.defer(() => program.kill())
      return new Toxiproxy(hostPort(HOST, ports[0]), undo)
    } catch (error) {
      await undo.run().catch(() => undefined)
      throw error
    }
  }

  /** A proxy before a server, on a port that the system chooses. @param upstream `host:port` of the server. */
  async open(upstream: string): Promise<{ readonly name: string; readonly host: string; readonly port: number }> {
    const name = `proxy-${(this.#proxies += 1)}`
    const { listen } = (await this.#ask('/proxies', { body: { name, upstream, listen: hostPort(HOST, 0) } })) as {
      readonly listen: string
    }
    return { name, host: HOST, port: Number(listen.slice(listen.lastIndexOf(':') + 1)) }
  }

  /** Takes connections or not; those that are open end when it no longer does. */
  async enable(proxy: string, enabled: boolean): Promise<void> {
    await this.#ask(`/proxies/${proxy}`, { body: { enabled } })
  }

  async add(proxy: string, name: string, toxic: Toxic): Promise<void> {
    await this.#ask(`/proxies/${proxy}/toxics`, { body: { name, ...toxic } })
  }

  async remove(proxy: string, name: string): Promise<void> {
    await this.#ask(`/proxies/${proxy}/toxics/${name}`, { method: 'DELETE' })
  }

  /** Ends a proxy, and the connections through it. */
  async close(proxy: string): Promise<void> {
    await this.#ask(`/proxies/${proxy}`, { method: 'DELETE' })
  }

  /** @throws {ServerError} with what it refuses. */
  async #ask(path: string, asked: { readonly body?: object; readonly method?: 'DELETE' }): Promise<unknown> {
    const refuse = (said: string, cause?: unknown) =>
      new ServerError(`toxiproxy does not do what it was asked to: ${said}`, { host: this.#place, cause })
    const answer = (await ask(this.#place, path, undefined, asked).catch((cause: unknown) => {
      throw refuse(String(cause), cause)
    })) as { readonly error?: string } | undefined
    if (answer?.error !== undefined) throw refuse(answer.error)
    return answer
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#undo.run()
  }
}
