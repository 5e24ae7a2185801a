import { Readable } from 'node:stream'
import type { Connection as DriverConnection, QueryError } from 'mysql2'
import { clearTimeout, setTimeout } from '../clock.ts'
import { aborted, DeadlineError, StatementError, type ServerAnswer, type TiDBError } from '../errors.ts'
import { hostPort } from '../host-port.ts'
import { printable } from '../redact.ts'
import { CANCEL_GRACE_MS, endInServer, loadDriver, patience, type Address } from './connection.ts'
import { answerOf } from './error-codes.ts'
import { greeted } from './greeting.ts'
import { hintsAt } from './started-servers.ts'
import { socketOf } from './socket.ts'
import { toResults, type TextResult } from './text-result.ts'
import { tlsOptions } from './tls.ts'

export type { TextResult, TextRow } from './text-result.ts'

/** What a server refused a statement with, each byte a character. */
export interface Refusal {
  readonly errno: number
  /** Symbol of the error, such as `ER_NO_SUCH_TABLE`; undefined if it is not known. */
  readonly code: string | undefined
  readonly sqlState: string
  readonly message: string
}

/** A refusal as errors have it. */
export function toAnswer({ errno, code, sqlState, message }: Refusal): ServerAnswer {
  const text = Buffer.from(message, 'latin1').toString()
  return { errno, ...(code !== undefined && { code }), ...(sqlState !== '' && { sqlState }), message: text }
}

/** What was sent was answered with that. */
export interface TextAnswer {
  readonly results: readonly TextResult[]
  readonly refusal?: Refusal
}

export interface TextDialOptions {
  /** What errors call this connection, such as `alice`. */
  readonly name?: string | undefined
  readonly database?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Opens a file that the server asks for, such as for LOAD DATA LOCAL; undefined refuses it. By default none is read. */
  readonly localFile?: ((path: string) => Readable | undefined) | undefined
  /** Told of each answer, but for statements that are sent `aside`. */
  readonly onAnswer?: ((sql: string, answer: TextAnswer) => void) | undefined
}

export interface TextSendOptions {
  /** Deadline, in ms. Default: that of statements that we send ourselves. */
  readonly withinMs?: number
  readonly signal?: AbortSignal | undefined
  /** Whether it is a statement of ours, between those that the connection is for. */
  readonly aside?: boolean
}

/**
 * A connection for texts that are to be taken as they are: it sends several statements at once, and returns the bytes that
 * the server sends, where TiDBConnection makes values of them.
 */
export class TextConnection implements AsyncDisposable {
  readonly #driver: DriverConnection
  readonly #address: Address
  readonly #name: string | undefined
  readonly #localFile: TextDialOptions['localFile']
  readonly #onAnswer: TextDialOptions['onAnswer']
  #lost: unknown
  #closed = false
  #onLost: ((error: QueryError) => void) | undefined

  private constructor(driver: DriverConnection, address: Address, { name, localFile, onAnswer }: TextDialOptions) {
    this.#localFile = localFile
    this.#onAnswer = onAnswer
    this.#driver = driver
    this.#address = address
    this.#name = name
    driver.on('error', (error) => this.#lose(error))
  }

  /** @throws the driver's error if it is refused, DeadlineError if the server does not greet in time. */
  static async open(address: Address, options: TextDialOptions = {}): Promise<TextConnection> {
    const { database, signal } = options
    const { createConnection } = await loadDriver()
    const { host, port, user, password } = address
    const driver = createConnection({
      host,
      port,
      user,
      password: password.reveal(),
      ...(database !== undefined && { database }),
      connectTimeout: 0,
      // As drivers of other languages ask for it, and as mysqltest does: rows changed, not rows found.
      flags: ['-FOUND_ROWS'],
      multipleStatements: true,
      charset: 'UTF8MB4_GENERAL_CI',
      // Rows of a hundred shapes: a parser compiled for each is slower than none.
      disableEval: true,
      rowsAsArray: true,
      typeCast: false,
      ...tlsOptions(address),
    })
    const connection = new TextConnection(driver, address, options)
    try {
      await greeted(driver, address, signal)
    } catch (error) {
      connection.destroy()
      throw error
    }
    // What the driver would decode stays as it was sent.
    ;(driver as unknown as { clientEncoding: string }).clientEncoding = 'latin1'
    return connection
  }

  /** The server's number for this connection. */
  get id(): number {
    return this.#driver.threadId
  }

  /** `host:port`. */
  get host(): string {
    return hostPort(this.#address.host, this.#address.port)
  }

  get closed(): boolean {
    return this.#closed || this.#lost !== undefined
  }

  /**
   * Sends text, one at a time: several statements, if they stand in it.
   *
   * @throws {StatementError} if the connection is lost. {DeadlineError} or {AbortedError} if it was given up: the statement is
   *   ended in the server then, and the connection is cut.
   */
  async send(sql: string, options: TextSendOptions = {}): Promise<TextAnswer> {
    const answer = await this.#answer(sql, options)
    if (options.aside !== true) this.#onAnswer?.(sql, answer)
    return answer
  }

  async #answer(sql: string, { withinMs = patience(this.#address), signal }: TextSendOptions): Promise<TextAnswer> {
    if (this.closed) throw this.#failure(sql, this.#lost, true)
    if (signal?.aborted) throw aborted(printable(sql), signal, this.host)
    const { promise: over, resolve: end } = Promise.withResolvers<void>()
    let isOver = false
    let timer: NodeJS.Timeout | undefined
    let onAbort: (() => void) | undefined
    try {
      return await new Promise<TextAnswer>((resolve, reject) => {
        let isGivenUp = false
        const giveUp = (error: TiDBError) => {
          isGivenUp = true
          const victim = { connectionId: this.id, sql, over, isOver: () => isOver }
          void endInServer(this.#address, { ...victim, succeeded: () => false, onKilled: () => undefined }).then(() => {
            this.destroy()
            reject(error)
          })
        }
        timer = setTimeout(
          () => giveUp(new DeadlineError(`statement: ${printable(sql)}`, withinMs, { host: this.host })),
          withinMs,
        )
        onAbort = () => giveUp(aborted(printable(sql), signal as AbortSignal, this.host))
        signal?.addEventListener('abort', onAbort, { once: true })
        this.#onLost = (error) => reject(this.#failure(sql, error))
        let refused: string | undefined
        const infileStreamFactory = (path: string) => {
          const stream = this.#localFile?.(path)
          if (stream === undefined) refused = path
          return stream ?? Readable.from([])
        }
        this.#driver.query({ sql, rowsAsArray: true, typeCast: false, infileStreamFactory }, (error, rows, fields) => {
          // What it is ended with in the server is not its answer.
          if (isGivenUp) return
          if (refused !== undefined) return reject(this.#noFile(sql, refused))
          if (error === null) return resolve({ results: toResults(rows, fields) })
          if (error.errno === undefined || error.fatal) {
            this.#lose(error)
            return reject(this.#failure(sql, error))
          }
          const { errno = 0, sqlState = '', sqlMessage = error.message } = error as QueryError & { sqlMessage?: string }
          resolve({ results: [], refusal: { errno, code: answerOf(error).code, sqlState, message: sqlMessage } })
        })
      })
    } finally {
      isOver = true
      end()
      clearTimeout(timer)
      if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort)
      this.#onLost = undefined
    }
  }

  #lose(error: unknown): void {
    this.#lost ??= error
    this.#onLost?.(error as QueryError)
  }

  #noFile(sql: string, path: string): StatementError {
    return new StatementError(printable(sql), {
      host: this.host,
      hints: [`the server asked for the file ${path}, which is not there, or may not be read`],
    })
  }

  #failure(sql: string, error: unknown, notSent = false): StatementError {
    const answer = error === undefined ? { message: 'the connection is closed' } : answerOf(error)
    return new StatementError(printable(sql), {
      host: this.host,
      answer,
      hints: hintsAt(this.host, answer),
      ...(notSent && { notSent, fate: 'the connection was lost, or closed, before' }),
      ...(this.#name !== undefined && { session: this.#name }),
    })
  }

  /** Says goodbye to the server, and closes the socket at once. */
  async close(): Promise<void> {
    if (this.closed) return this.destroy()
    this.#closed = true
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CANCEL_GRACE_MS)
      this.#driver.end(() => {
        clearTimeout(timer)
        resolve()
      })
    })
    this.destroy()
  }

  /** Cuts the socket. */
  destroy(): void {
    this.#closed = true
    this.#driver.destroy()
    socketOf(this.#driver).destroy()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
