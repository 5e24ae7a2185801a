import { firstLine } from '../errors.ts'
import { patience, TiDBConnection, type Address } from './connection.ts'
import { dialKey } from './dial-key.ts'

type Variables = ReadonlyMap<string, string>

/** Variables that say what happened last, not how a session is set. */
const VOLATILE = /^(?:timestamp|identity|insert_id|error_count|warning_count|rand_seed\d|last_.*|tidb_last_.*)$/

/**
 * Connections that stay open between tests. One that is given back is reset in the server and then
 * checked: it is used again only if nothing of its last user is left, else it is closed.
 */
export class WarmConnections implements AsyncDisposable {
  readonly #most: number
  #idle: TiDBConnection[] = []
  readonly #fresh = new Map<string, Promise<Variables>>()
  readonly #work = new Set<Promise<void>>()
  readonly #discarded: string[] = []
  #reused = 0
  #closed = false

  /** @param most how many are kept at most. */
  constructor(most: number) {
    this.#most = most
  }

  /** How many were used again. */
  get reused(): number {
    return this.#reused
  }

  /** Why connections that were given back were closed, one line each. */
  get discarded(): readonly string[] {
    return this.#discarded
  }

  /** A connection to that address, as that user, that is as good as new; undefined if there is none. */
  take(address: Address, name: string): TiDBConnection | undefined {
    const key = dialKey(address)
    const at = this.#idle.findLastIndex((connection) => !connection.closed && dialKey(connection.address) === key)
    const [connection] = at === -1 ? [] : this.#idle.splice(at, 1)
    if (connection === undefined) return undefined
    this.#reused += 1
    connection.rename(name)
    return connection
  }

  /** Takes a connection over, and makes it as good as new in the background; false if there are enough. */
  keep(connection: TiDBConnection): boolean {
    this.#idle = this.#idle.filter((idle) => !idle.closed)
    if (this.#closed || this.#idle.length + this.#work.size >= this.#most) return false
    const work = this.#renew(connection).finally(() => this.#work.delete(work))
    this.#work.add(work)
    return true
  }

  /** Until every connection that was given back can be used again, or was closed. */
  async settled(): Promise<void> {
    await Promise.all(this.#work)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await this.settled()
    await Promise.all(this.#idle.map((connection) => connection.close()))
  }

  async #renew(connection: TiDBConnection): Promise<void> {
    try {
      await connection.reset()
      const left = await this.#leftBehind(connection)
      if (left === undefined && !this.#closed) {
        this.#idle.push(connection)
        return
      }
      this.#discarded.push(left ?? 'the pool was closed')
    } catch (error) {
      this.#discarded.push(firstLine(error))
    }
    await connection.close()
  }

  /** What a reset did not undo; undefined if nothing. */
  async #leftBehind(connection: TiDBConnection): Promise<string | undefined> {
    const { address } = connection
    const key = dialKey(address)
    let fresh = this.#fresh.get(key)
    if (fresh === undefined) {
      this.#fresh.set(key, (fresh = freshVariables(address)))
      // The next one asks again.
      fresh.catch(() => this.#fresh.delete(key))
    }
    const [wanted, variables, [state]] = await Promise.all([
      fresh,
      readVariables(connection),
      connection.query<{ db: string | null; ts: string }>('select database() as db, @@tidb_current_ts as ts', [], {
        within: patience(address),
      }),
    ])
    if (state?.db !== null) return `database ${state?.db} is still in use`
    if (state.ts !== '0') return 'a transaction is still open'
    const changed = [...wanted].find(([name, value]) => variables.get(name) !== value)
    return changed && `the variable ${changed[0]} is ${variables.get(changed[0])}, not ${changed[1]}`
  }
}

async function freshVariables(address: Address): Promise<Variables> {
  await using connection = await TiDBConnection.open(address, { name: 'fresh', keepsDefaults: true })
  return await readVariables(connection)
}

async function readVariables(connection: TiDBConnection): Promise<Variables> {
  const rows = await connection.query<{ name: string; value: string }>(
    'select variable_name as name, variable_value as value from information_schema.session_variables',
    [],
    { within: patience(connection.address) },
  )
  return new Map(rows.filter(({ name }) => !VOLATILE.test(name)).map(({ name, value }) => [name, value]))
}
