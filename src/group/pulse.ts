import { delay } from '../clock.ts'
import type { GroupConnection } from './connection.ts'

/** Heartbeats of one party, on a connection by which the server shows whether the party is there. */
export class Pulse {
  readonly #connection: GroupConnection
  readonly #token: string
  readonly #leaseMs: number
  readonly #onEnd: (error?: unknown) => void
  readonly #stopped = new AbortController()
  #nap = new AbortController()
  #doing: string | null = null
  #beating: Promise<void> | undefined

  /** `onEnd` is called when the party no longer counts as alive, or with what a heartbeat failed with. */
  constructor(connection: GroupConnection, token: string, leaseMs: number, onEnd: (error?: unknown) => void) {
    this.#connection = connection
    this.#token = token
    this.#leaseMs = leaseMs
    this.#onEnd = onEnd
  }

  start(): void {
    this.#beating = this.#beatOn()
  }

  /** Tells the others what this party does now. */
  say(doing: string | undefined): void {
    this.#doing = doing ?? null
    this.#nap.abort()
  }

  /** Ends the heartbeats, including the one under way. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#beating
  }

  async #beatOn(): Promise<void> {
    const { signal } = this.#stopped
    try {
      while (!signal.aborted) {
        const said = this.#doing
        if (!(await this.#beat(said))) return this.#onEnd()
        this.#nap = new AbortController()
        if (said !== this.#doing) continue
        const nap = AbortSignal.any([signal, this.#nap.signal])
        await delay(this.#leaseMs / 3, undefined, { signal: nap }).catch(() => undefined)
      }
    } catch (error) {
      if (!signal.aborted) this.#onEnd(error)
    }
  }

  /** False if the lease had run out before: whoever was away for so long does not come back. */
  async #beat(doing: string | null): Promise<boolean> {
    const { affectedRows } = await this.#connection.ask(
      `update party set doing_since = if(doing <=> ?, doing_since, utc_timestamp(6)), doing = ?,
         expires_at = utc_timestamp(6) + interval ? microsecond
       where token = ? and state = 'in' and expires_at >= utc_timestamp(6)`,
      [doing, doing, this.#leaseMs * 1_000, this.#token],
    )
    return affectedRows === 1
  }
}
