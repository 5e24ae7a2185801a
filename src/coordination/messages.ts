import type { Listener, Message, WaitOptions } from './coordinator.ts'
import type { Members } from './members.ts'
import { noReceiver, receiverEnded } from './refusals.ts'
import type { Wait } from '../wait.ts'

/** The messages of one meeting: each to one party, or to all. */
export class Messages {
  readonly #members: Members
  /** For parties that have not begun. */
  readonly #kept = new Map<string, Message[]>()

  constructor(members: Members) {
    this.#members = members
  }

  send(party: string, to: string, body: unknown): void {
    const sender = this.#members.open(party)
    const receiver = this.#members.get(to)
    if (receiver === undefined && sender.group?.names.includes(to) !== true) {
      throw noReceiver(party, to, 'here', this.#members.names())
    }
    if (receiver?.ended) {
      throw receiverEnded(party, this.#members.describe([to]), receiver.failure)
    }
    this.#members.note(party, 'sent', to)
    this.#deliver(to, { from: party, body })
  }

  broadcast(party: string, body: unknown): void {
    const sender = this.#members.open(party)
    this.#members.note(party, 'sent', 'all')
    const names = new Set([...(sender.group?.names ?? []), ...this.#members.live().map(({ name }) => name)])
    for (const name of names) {
      if (name !== party && this.#members.get(name)?.ended !== true) this.#deliver(name, { from: party, body })
    }
  }

  async receive(party: string, options: WaitOptions = {}): Promise<Message> {
    const member = this.#members.open(party)
    this.#collect(party)
    const { mailbox } = member
    const message = mailbox.take()
    if (message !== undefined) {
      this.#members.note(party, 'received', message.from)
      return message
    }
    const wait: Wait<Message> = this.#members.wait<Message>(member, {
      what: 'a message',
      options,
      explain: () => this.#members.describeOthers(party),
      onEnd: (error) => {
        if (error === undefined) return
        this.#members.note(party, 'gave up', '', 'message')
        mailbox.forget(wait)
      },
    })
    this.#members.note(party, 'arrived', '', 'message')
    mailbox.await(wait)
    const received = await wait.promise
    this.#members.note(party, 'received', received.from)
    return received
  }

  listen(party: string, listener: Listener): () => void {
    const { mailbox } = this.#members.open(party)
    this.#collect(party)
    return mailbox.listen((message) => {
      this.#members.note(party, 'received', message.from)
      return listener(message)
    })
  }

  #deliver(to: string, message: Message): void {
    const receiver = this.#members.get(to)
    if (receiver !== undefined) {
      this.#collect(to)
      return receiver.mailbox.put(message)
    }
    const kept = this.#kept.get(to) ?? []
    this.#kept.set(to, kept)
    kept.push(message)
  }

  /** Hands over what came before the party did. */
  #collect(party: string): void {
    const kept = this.#kept.get(party)
    if (kept === undefined) return
    this.#kept.delete(party)
    for (const message of kept) this.#members.get(party)?.mailbox.put(message)
  }
}
