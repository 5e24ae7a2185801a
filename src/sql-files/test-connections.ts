import type { TextAnswer, TextConnection } from '../connection/text-connection.ts'
import { StatementError, TiDBError } from '../errors.ts'
import { isError } from './expected-error.ts'
import type { Stage, StageDial } from './script.ts'
import { CONNECTION_LOST, SqlFileError, unanswered } from './sql-file-error.ts'
import { titleOf, type Step } from './test-command.ts'

const DEFAULT = 'default'

/** What mysql-tester sets in each session of a TiDB. */
const SESSION = [
  ...["time_zone = 'Asia/Shanghai'", 'tidb_init_chunk_size = 1', 'tidb_max_chunk_size = 32'],
  ...[
    'tidb_multi_statement_mode = 1',
    'tidb_hash_join_concurrency = 1',
    'tidb_enable_pseudo_for_outdated_stats = false',
  ],
  ...['tidb_enable_analyze_snapshot = 1', "tidb_enable_clustered_index = 'int_only'"],
]
const SET_UP = `set ${SESSION.map((assignment) => `@@${assignment}`).join(', ')}`

interface Connected {
  readonly connection: TextConnection
  /** A statement that was sent, whose answer nobody has read. */
  sent?: Promise<TextAnswer> | undefined
}

/** Dials a session as mysql-tester has it. @throws the driver's error if it is refused. */
export async function dialSession(stage: Stage, options: StageDial): Promise<TextConnection> {
  const connection = await stage.dial(options)
  // A session whose password has to be changed first takes no settings, and a server of another kind not all of them.
  const { refusal } = await connection.send(SET_UP, { withinMs: stage.statementTimeoutMs, aside: true })
  if (refusal !== undefined) await connection.send("set time_zone = '+08:00'", { aside: true })
  return connection
}

/** The connections of a file, by name: one of them is the current one. */
export class TestConnections {
  readonly #stage: Stage
  readonly #all = new Map<string, Connected>()
  #current = DEFAULT

  constructor(stage: Stage) {
    this.#stage = stage
  }

  /** Dials, in the place of one of that name, and makes it the current one. @throws the driver's error if it is refused. */
  async open(name = DEFAULT, options: Omit<StageDial, 'name'> = { database: this.#stage.database }): Promise<void> {
    const connection = await dialSession(this.#stage, { name, ...options })
    await this.#all.get(name)?.connection.close()
    this.#all.set(name, { connection })
    this.#current = name
  }

  /** Dials the current one anew. */
  async reset(): Promise<void> {
    await this.#all.get(this.#current)?.connection.close()
    await this.open(this.#current)
  }

  /** @throws {SqlFileError} if there is none of that name. */
  use(name: string, step: Step): void {
    this.#named(name, step)
    this.#current = name
  }

  /** Closes one, without a goodbye if so asked, and goes back to the default one. @throws {SqlFileError} if there is none. */
  async drop(name: string, step: Step, dirty: boolean): Promise<void> {
    const { connection, sent } = this.#named(name, step)
    this.#all.delete(name)
    // One that still waits for an answer says no goodbye.
    if (dirty || sent !== undefined) connection.destroy()
    else await connection.close()
    this.#current = DEFAULT
  }

  /** The current one, for a statement. @throws {SqlFileError} if its answer to another was not read. */
  current(step: Step): TextConnection {
    return this.#free(step).connection
  }

  /** Asks the current one. The loss of the connection is an answer if it is expected: a statement may kill its own. */
  ask(sql: string, step: Step, expected: readonly string[] = []): Promise<TextAnswer> {
    return orLost(this.#ask(this.#free(step), sql), step, expected)
  }

  /** Sends over the current one, and reads no answer. */
  send(sql: string, step: Step): void {
    const connected = this.#free(step)
    connected.sent = this.#ask(connected, sql)
    connected.sent.catch(() => undefined)
  }

  /** The answer to what was sent. @throws {SqlFileError} if nothing was. */
  async reap(step: Step, expected: readonly string[]): Promise<TextAnswer> {
    const connected = this.#named(this.#current, step)
    const { sent } = connected
    if (sent === undefined) throw new SqlFileError(step, `the connection ${this.#current} has sent nothing`)
    connected.sent = undefined
    return orLost(sent, step, expected)
  }

  async end(): Promise<void> {
    await Promise.all(
      [...this.#all.values()].map(async ({ connection, sent }) => {
        if (sent === undefined) await connection.close()
        else connection.destroy()
      }),
    )
  }

  #ask({ connection }: Connected, sql: string): Promise<TextAnswer> {
    const { statementTimeoutMs: withinMs, signal } = this.#stage
    return connection.send(sql, { withinMs, signal })
  }

  #free(step: Step): Connected {
    const connected = this.#named(this.#current, step)
    if (connected.sent === undefined) return connected
    const what = `the connection ${this.#current} has a statement under way: reap its answer first`
    throw new SqlFileError(step, what)
  }

  #named(name: string, step: Step): Connected {
    const connected = this.#all.get(name)
    if (connected === undefined) throw new SqlFileError(step, `there is no connection ${name}`)
    return connected
  }
}

async function orLost(answering: Promise<TextAnswer>, step: Step, expected: readonly string[]): Promise<TextAnswer> {
  try {
    return await answering
  } catch (error) {
    const refusal = CONNECTION_LOST.find((loss) => expected.some((name) => isError(name, loss)))
    if (error instanceof StatementError && refusal !== undefined) return { results: [], refusal }
    if (!(error instanceof TiDBError)) throw error
    throw unanswered(step, titleOf(step), error)
  }
}
