import { rmSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { describeReason } from '../errors.ts'
import { StockFolder } from '../global-setup/stock-folder.ts'
import { hostPort } from '../host-port.ts'
import { startServer } from '../server/choose.ts'
import type { TiDBServer } from '../server/server.ts'
import { watchedFolder } from '../server/watched-folder.ts'
import { Undo } from '../undo.ts'
import { keepHeapSmall } from './heap.ts'

/** Name of the file that says why a server could not be replaced. */
export const FAILURE = 'failure'

/**
 * Servers for files of SQL, one for each worker: a file takes one, has it to itself, and gives it back as it was, or else
 * to be replaced. They stand on the shelves of a stock, by `host:port`.
 */
export class SqlServers {
  readonly #config: Config
  readonly #log: (line: string) => void
  readonly #folder: StockFolder
  readonly #servers = new Map<string, TiDBServer>()
  readonly #undo = new Undo()
  readonly #stopping = new AbortController()
  #work: Promise<unknown> = Promise.resolve()

  private constructor(config: Config, log: (line: string) => void, folder: StockFolder) {
    this.#config = config
    this.#log = log
    this.#folder = folder
  }

  /** Starts so many. @throws {ServerError} if one can't be had. */
  static async start(config: Config, count: number, log: (line: string) => void): Promise<SqlServers> {
    const { path, remove } = watchedFolder('vitest-tidb-sql-')
    const folder = new StockFolder(path)
    const servers = new SqlServers(config, log, folder)
    servers.#undo.defer(remove)
    folder.create()
    const watcher = watch(folder.shelf('dirty'), { persistent: false }, () => servers.#replaceDirty())
    servers.#undo.defer(() => watcher.close())
    servers.#undo.defer(() => servers.#stopAll())
    try {
      // The first proves the way, and makes the template that the others start from.
      await servers.#add()
      await Promise.all(Array.from({ length: count - 1 }, () => servers.#add()))
    } catch (error) {
      await servers.stop().catch(() => undefined)
      throw error
    }
    return servers
  }

  /** Folder of the shelves. */
  get path(): string {
    return this.#folder.path
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#work
    await this.#undo.run()
  }

  async #add(): Promise<void> {
    const server = await startServer(this.#config, { signal: this.#stopping.signal, onProgress: this.#log })
    await keepHeapSmall(server, this.#config.connectTimeoutMs)
    const name = hostPort(server.host, server.port)
    this.#servers.set(name, server)
    this.#folder.put(name, 'ready')
  }

  #replaceDirty(): void {
    this.#work = this.#work.then(async () => {
      for (const name of this.#folder.list('dirty')) {
        if (this.#stopping.signal.aborted) return
        rmSync(join(this.#folder.shelf('dirty'), name), { force: true })
        const server = this.#servers.get(name)
        this.#servers.delete(name)
        try {
          await Promise.all([server?.stop(), this.#add()])
        } catch (error) {
          // Whoever waits for a server is told.
          writeFileSync(join(this.path, FAILURE), describeReason(error))
        }
      }
    })
    this.#work.catch(() => undefined)
  }

  async #stopAll(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.stop()))
  }
}
