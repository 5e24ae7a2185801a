import { createConnection, type Socket } from 'node:net'
import { clearTimeout, setTimeout } from '../clock.ts'
import type { ImportProgress } from '../import-jobs/import-record.ts'
import { watchedKey } from './watched-key.ts'
import { toMessage } from './progress-message.ts'

/** How long `close` waits for the main process to take what is left. */
const CLOSE_WITHIN_MS = 1000
/** How many jobs wait at most while the main process takes nothing. */
const MOST_WAITING = 20_000

/** Sends the progress of import jobs to the main process. */
export interface ProgressSender {
  /** Never throws, never waits: what nobody takes is dropped. */
  send(progress: ImportProgress): void
  /** Sends what is left, for a second at most. Never rejects. */
  close(): Promise<void>
}

/**
 * A sender to the display of this run. It connects at the first `send`, and never keeps the process alive.
 *
 * @param address where the main process listens: `progressAddress` of what global setup provides. Without one, nothing
 *   is sent.
 * @example
 * const sender = progressSender(inject('tidb').progressAddress)
 * sender.send(progress)
 */
export function progressSender(address: string | undefined): ProgressSender {
  return address === undefined ? { send: () => undefined, close: async () => undefined } : new SocketSender(address)
}

class SocketSender implements ProgressSender {
  readonly #address: string
  /** What the socket has not taken, the latest of each job: a slow display shows less, and holds nobody up. */
  readonly #waiting = new Map<string, ImportProgress>()
  #socket: Socket | undefined
  #gone = false
  #closing = false

  constructor(address: string) {
    this.#address = address
  }

  send(progress: ImportProgress): void {
    if (this.#gone || this.#closing) return
    const job = watchedKey(progress)
    this.#waiting.delete(job)
    this.#waiting.set(job, progress)
    if (this.#waiting.size > MOST_WAITING) this.#dropOldest()
    this.#socket ??= this.#connect()
    this.#flush()
  }

  async close(): Promise<void> {
    this.#closing = true
    const socket = this.#socket
    if (socket === undefined || this.#gone) return
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    // For this last moment only, it may keep the process alive.
    socket.ref()
    const deadline = setTimeout(() => socket.destroy(), CLOSE_WITHIN_MS)
    this.#flush()
    await closed
    clearTimeout(deadline)
  }

  #connect(): Socket | undefined {
    try {
      const socket = createConnection(this.#address)
      socket.unref()
      const flush = () => this.#flush()
      socket.on('connect', flush).on('drain', flush)
      // The display is gone, or never was there: no reason to fail a test.
      socket.on('error', () => undefined)
      socket.once('close', () => {
        this.#gone = true
        this.#waiting.clear()
      })
      // The main process says nothing; its end is noticed only by who reads.
      socket.resume()
      return socket
    } catch {
      this.#gone = true
      return undefined
    }
  }

  #flush(): void {
    const socket = this.#socket
    if (socket === undefined || this.#gone || socket.connecting) return
    for (const [job, progress] of this.#waiting) {
      if (socket.writableNeedDrain) return
      this.#waiting.delete(job)
      socket.write(toMessage(progress))
    }
    if (this.#closing) socket.end()
  }

  #dropOldest(): void {
    for (const job of this.#waiting.keys()) {
      this.#waiting.delete(job)
      return
    }
  }
}
