import type { Listener, Message } from './coordinator.ts'
import type { Wait } from '../wait.ts'

/** Messages to one party: each goes once to a receiver, or once to every listener, in the order in which it came. */
export class Mailbox {
  readonly #waiting: Message[] = []
  readonly #receivers: Wait<Message>[] = []
  readonly #listeners = new Set<Listener>()
  readonly #onError: (error: unknown) => void
  #delivering = false

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  put(message: Message): void {
    const receiver = this.#receivers.shift()
    if (receiver !== undefined) return receiver.succeed(message)
    this.#waiting.push(message)
    void this.#deliver()
  }

  /** The next message, if one is there. */
  take(): Message | undefined {
    return this.#waiting.shift()
  }

  /** Hands the next message to a wait, before any listener. */
  await(receiver: Wait<Message>): void {
    this.#receivers.push(receiver)
  }

  /** Forgets a wait that ended without a message. */
  forget(receiver: Wait<Message>): void {
    const at = this.#receivers.indexOf(receiver)
    if (at !== -1) this.#receivers.splice(at, 1)
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    void this.#deliver()
    return () => this.#listeners.delete(listener)
  }

  /** One message at a time: a listener that takes long has the next one wait. */
  async #deliver(): Promise<void> {
    if (this.#delivering) return
    this.#delivering = true
    while (this.#listeners.size > 0) {
      const message = this.take()
      if (message === undefined) break
      for (const listener of this.#listeners) {
        try {
          await listener(message)
        } catch (error) {
          this.#onError(error)
        }
      }
    }
    this.#delivering = false
  }
}
