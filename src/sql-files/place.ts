import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { delay, performance } from '../clock.ts'
import { Secret } from '../config/secret.ts'
import type { Address } from '../connection/connection.ts'
import { TextConnection, toAnswer } from '../connection/text-connection.ts'
import { DeadlineError, ServerError } from '../errors.ts'
import { StockFolder } from '../global-setup/stock-folder.ts'
import { quoteName } from '../quote-name.ts'
import type { ProvidedSqlFiles } from './provided.ts'
import { FAILURE } from './servers.ts'
import { readState, undoAll, type ServerState } from './server-state.ts'

/** A server that a file of SQL has to itself, with an empty database of its name. */
export interface SqlPlace {
  readonly address: Address
  /** Whether its collations are the new ones: results differ. */
  readonly newCollation: boolean
  /** Undoes what the file left. */
  leave(): Promise<void>
}

const LOOK_EVERY_MS = 20

/** Takes a server of the run for a file, and makes its database. @throws {DeadlineError} if none gets free. */
export async function takeServer(
  provided: ProvidedSqlFiles & { readonly serversDir: string },
  database: string,
  signal: AbortSignal,
): Promise<SqlPlace> {
  const { serversDir, connectTimeoutMs } = provided
  const stock = new StockFolder(serversDir)
  const name = await take(stock, provided, signal)
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(name) ?? []
  const address: Address = { host, port: Number(port), user: 'root', password: new Secret(''), connectTimeoutMs }
  try {
    const { before, newCollation } = await aside(address, signal, async (control) => ({
      before: await firstStateOf(name, control),
      newCollation: await makeDatabase(control, database),
    }))
    return {
      address,
      newCollation,
      async leave() {
        const isAsBefore = await aside(
          address,
          undefined,
          async (control) => (await undoAll(control, before)) && (await memoryOf(control)) < MOST_BYTES,
        ).catch(() => false)
        stock.move(name, 'used', isAsBefore ? 'ready' : 'dirty')
      },
    }
  } catch (error) {
    stock.move(name, 'used', 'dirty')
    throw error
  }
}

/** A server that uses more is replaced: there is one for each worker. */
const MOST_BYTES = 768 * 1_024 ** 2

const firstStates = new Map<string, Promise<ServerState>>()

/** What is on a server while no file runs: a file that leaves it otherwise is the last on it. */
function firstStateOf(name: string, control: TextConnection): Promise<ServerState> {
  const known = firstStates.get(name) ?? readState(control)
  firstStates.set(name, known)
  return known
}

/** A session of ours before a file, or after it: a file sees the sessions of its server, and there is none but its own. */
async function aside<T>(
  address: Address,
  signal: AbortSignal | undefined,
  use: (control: TextConnection) => Promise<T>,
): Promise<T> {
  await using control = await TextConnection.open(address, { name: 'sql file', signal })
  return await use(control)
}

async function memoryOf(connection: TextConnection): Promise<number> {
  const [bytes] = await ask(connection, 'select memory_current from information_schema.memory_usage')
  return Number(bytes)
}

/** Makes the database of a file. @returns whether collations of the server are the new ones. */
export async function makeDatabase(control: TextConnection, database: string): Promise<boolean> {
  // Servers of another kind have no such table.
  const { results } = await control.send(
    "select variable_value from mysql.tidb where variable_name = 'new_collation_enabled'",
  )
  const collation = results[0]?.rows[0]?.[0]
  await ask(control, `create database ${quoteName(database)}`)
  return collation !== 'False'
}

async function take(stock: StockFolder, { serverWithinMs }: ProvidedSqlFiles, signal: AbortSignal): Promise<string> {
  const deadline = performance.now() + serverWithinMs
  for (;;) {
    const name = stock.take()
    if (name !== undefined) return name
    const failure = join(stock.path, FAILURE)
    if (existsSync(failure)) throw new ServerError(`no server for this file: ${readFileSync(failure, 'utf8')}`)
    if (performance.now() > deadline) throw new DeadlineError('a server for a file of SQL', serverWithinMs)
    await delay(LOOK_EVERY_MS, undefined, { signal })
  }
}

/** The first value of each row. @throws {ServerError} if the server refuses. */
export async function ask(
  connection: TextConnection,
  sql: string,
  withinMs?: number,
): Promise<(string | null | undefined)[]> {
  const { results, refusal } = await connection.send(sql, withinMs === undefined ? {} : { withinMs })
  if (refusal !== undefined) {
    throw new ServerError(`a file of SQL can't run here: ${sql}`, { host: connection.host, answer: toAnswer(refusal) })
  }
  return (results[0]?.rows ?? []).map(([value]) => value)
}
