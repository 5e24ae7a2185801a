import { Readable } from 'node:stream'
import { ConfigError } from '../errors.ts'

/** Opens what a LOAD DATA LOCAL sends, by the name in its INFILE. */
export type OpenLocalInfile = (path: string) => Readable

/**
 * The data of one LOAD DATA LOCAL on its way to the server.
 *
 * The protocol has no way to say that there is no more because something failed: an upload that ends is an upload that
 * is complete, and the server keeps it. So one that fails halfway, or is stopped, ends only once the statement was killed.
 * Of one that fails before its first byte there is nothing to keep: it ends at once, as an empty file.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_local_infile_request.html
 */
export class LocalInfile {
  /** What the driver reads and sends. It ends, and never fails. */
  readonly stream: Readable
  readonly #onFailure: (cause: unknown) => void
  readonly #onRefusal: (cause: unknown) => void
  readonly #killed = Promise.withResolvers<void>()
  #source: Readable | undefined
  #begun = false
  #stopped = false

  /**
   * @param onFailure told when the rest of the data can't be had: kills the statement, then calls `end()`.
   * @param onRefusal told when none of it can be had.
   */
  constructor(open: () => Readable, onFailure: (cause: unknown) => void, onRefusal: (cause: unknown) => void) {
    this.#onFailure = onFailure
    this.#onRefusal = onRefusal
    this.stream = Readable.from(this.#pieces(open), { objectMode: false })
  }

  /**
   * Whether the server has read to its end and nothing else. TiDB answers a statement that is killed while it reads, and
   * goes on to read what is left of the file as statements, or to take statements for the file.
   */
  get wellRead(): boolean {
    return this.stream.readableEnded && !this.#stopped
  }

  /** Sends no more of it, and waits for `end()`. */
  stop(): void {
    this.#stopped = true
    this.#source?.destroy()
  }

  /** Says that there is no more: for an upload that was stopped or failed, and whose statement was killed. */
  end(): void {
    this.#killed.resolve()
  }

  /** Closes what it reads from, whatever became of the statement. */
  close(): void {
    this.stop()
    this.end()
    this.stream.destroy()
  }

  async *#pieces(open: () => Readable): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      // A statement that was over before its file was read opens nothing, as nobody would close it.
      const source = this.#stopped ? Readable.from([]) : open()
      if (!(source instanceof Readable)) {
        throw new TypeError(`localInfile returned ${describe(source)}, not a Readable of node:stream`)
      }
      this.#source = source
      for await (const piece of this.#source as AsyncIterable<string | Uint8Array>) {
        if (this.#stopped) break
        this.#begun = true
        yield typeof piece === 'string' ? Buffer.from(piece) : piece
      }
    } catch (cause) {
      // Not killed: a session of v8.5.4 whose statement was killed at this point was once never answered again.
      if (!this.#stopped && !this.#begun) return this.#onRefusal(cause)
      if (!this.#stopped) this.#onFailure(cause)
      this.#stopped = true
    }
    if (this.#stopped) await this.#killed.promise
  }
}

function describe(value: unknown): string {
  if (value instanceof Promise) {
    // It may fail, and nobody else would hear of it.
    value.catch(() => undefined)
    return 'a promise'
  }
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** What is sent when the server asks for a file that nobody offered. @throws {ConfigError} */
export function nothingFor(path: string, host: string): never {
  throw new ConfigError(['localInfile'], `${host} asks for the file ${JSON.stringify(path)}, but none was given`, {
    host,
    hints: ['give its data with the statement: query(sql, [], { localInfile: () => createReadStream(path) })'],
  })
}
