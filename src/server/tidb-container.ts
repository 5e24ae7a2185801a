import type { StartedTestContainer } from 'testcontainers'
import { Secret } from '../config/secret.ts'
import { TiDBConnection } from '../connection/connection.ts'
import { quoteName } from '../quote-name.ts'
import { loadTestcontainers } from './testcontainers.ts'

const { AbstractStartedContainer, GenericContainer, Wait } = await loadTestcontainers()

const SQL_PORT = 4000
const STATUS_PORT = 10080
const CONFIG = '/tidb.toml'
const FIRST_QUERY_MS = 30_000

/**
 * A TiDB in a container, in the style of testcontainers' own modules: one tidb-server on unistore.
 *
 * @example
 * await using container = await new TiDBContainer('pingcap/tidb:v8.5.6').start()
 * const connection = await createConnection(container.getConnectionUri())
 */
export class TiDBContainer extends GenericContainer {
  #database = 'test'
  #serverArgs: readonly string[] = []

  constructor(image: string) {
    super(image)
    this.withExposedPorts(SQL_PORT, STATUS_PORT)
    this.withWaitStrategy(Wait.forHttp('/status', STATUS_PORT).forStatusCode(200))
    this.withStartupTimeout(120_000)
  }

  /** The database of `getDatabase()` and `getConnectionUri()`; it is created if it is not `test`. */
  withDatabase(database: string): this {
    this.#database = database
    return this
  }

  /** More options for tidb-server, such as `['-token-limit', '10']`. */
  withServerArgs(args: readonly string[]): this {
    this.#serverArgs = args
    return this
  }

  /** A configuration file for tidb-server, by its path on this machine. */
  withServerConfig(path: string): this {
    this.withCopyFilesToContainer([{ source: path, target: CONFIG }])
    this.#serverArgs = ['-config', CONFIG, ...this.#serverArgs]
    return this
  }

  override async start(): Promise<StartedTiDBContainer> {
    this.withCommand(['-store', 'unistore', '-path', '', '-host', '0.0.0.0', ...this.#serverArgs])
    const container = new StartedTiDBContainer(await super.start(), this.#database)
    try {
      await container.firstQuery()
      return container
    } catch (error) {
      await container.stop()
      throw error
    }
  }
}

/** A TiDB container that answers. */
export class StartedTiDBContainer extends AbstractStartedContainer {
  readonly #database: string

  constructor(container: StartedTestContainer, database: string) {
    super(container)
    this.#database = database
  }

  /** Port of the SQL protocol on this machine. */
  getPort(): number {
    return this.getMappedPort(SQL_PORT)
  }

  /** Port of the HTTP status API on this machine. */
  getStatusPort(): number {
    return this.getMappedPort(STATUS_PORT)
  }

  getUsername(): string {
    return 'root'
  }

  /** Empty: a new TiDB has a root without a password. */
  getUserPassword(): string {
    return ''
  }

  getDatabase(): string {
    return this.#database
  }

  /** `mysql://root@host:port/database` */
  getConnectionUri(): string {
    const url = new URL(`mysql://${this.getHost()}`)
    url.port = String(this.getPort())
    url.username = this.getUsername()
    url.pathname = this.#database
    return url.toString()
  }

  /** Waits for the first answer, and makes the database that was asked for. @internal */
  async firstQuery(): Promise<void> {
    const address = { host: this.getHost(), port: this.getPort(), user: this.getUsername(), password: new Secret('') }
    await using connection = await TiDBConnection.open({ ...address, connectTimeoutMs: FIRST_QUERY_MS })
    await connection.query(`create database if not exists ${quoteName(this.#database)}`)
  }
}
