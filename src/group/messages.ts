import { randomUUID } from 'node:crypto'
import { AbortedError } from '../errors.ts'
import { noReceiver, receiverEnded } from '../coordination/refusals.ts'
import type { Listener, Message, WaitOptions } from '../coordination/coordinator.ts'
import { fromJson, toJson } from './json.ts'
import type { Membership } from './membership.ts'
import { hasEnded, type Beside, type Roster } from './roster.ts'
import { checkOthers, describeOthers } from './signals.ts'
import { Mailbox } from '../coordination/mailbox.ts'

interface Sent {
  /** Order among the messages to its receiver, from 1; null if there is none. */
  readonly message: number | null
  readonly sender: string
  readonly body: string | null
}

interface Fetched {
  readonly roster: Roster<Sent>
  readonly count: number
}

/** How many messages are fetched at once. */
const FETCHED_AT_ONCE = 100
/** The longest that a timer can wait, in ms: for as long as there is a listener. */
const FOR_EVER_MS = 2_147_483_647

/** The messages of a group, as one party sees them: numbered for each receiver in the order in which they were sent. */
export class GroupMessages {
  readonly #membership: Membership
  readonly #mailbox: Mailbox
  /** Number of the last message that was fetched. */
  #last: number
  #fetching: Promise<Fetched> | undefined

  constructor(membership: Membership) {
    this.#membership = membership
    this.#last = membership.inbox
    this.#mailbox = new Mailbox((error) => void membership.fail(error))
  }

  async send(to: string, body: unknown): Promise<void> {
    const { name: own, place } = this.#membership
    await this.#post(body, 'where name = ?', [to], (roster) => {
      const receiver = roster.get(to)
      if (receiver !== undefined && !hasEnded(receiver)) return [to]
      if (receiver !== undefined) throw receiverEnded(own, roster.describe([to]))
      const living = roster.living.map(({ name }) => name)
      throw noReceiver(own, to, `in ${place}`, living)
    })
  }

  async broadcast(body: unknown): Promise<void> {
    const { name: own } = this.#membership
    await this.#post(body, '', [], ({ rows }) =>
      rows.filter((party) => party.name !== own && !hasEnded(party)).map(({ name }) => name),
    )
  }

  async receive(options: WaitOptions = {}): Promise<Message> {
    this.#membership.check()
    const message = this.#mailbox.take()
    if (message !== undefined) return message
    const { name: own } = this.#membership
    let isFirst = true
    return this.#membership.waits.begin<Message>({
      what: 'a message',
      options,
      poll: async (wait) => {
        if (isFirst) this.#mailbox.await(wait)
        isFirst = false
        const { roster, count } = await this.#fetch()
        if (count === 0) checkOthers(roster, own, 'no message will come')
        return () => describeOthers(roster, own)
      },
      onEnd: (wait) => this.#mailbox.forget(wait),
    })
  }

  listen(listener: Listener): () => void {
    this.#membership.check()
    const over = new AbortController()
    const stop = this.#mailbox.listen(listener)
    const listening = this.#membership.waits.begin<never>({
      what: 'messages',
      options: { within: FOR_EVER_MS, signal: over.signal },
      poll: async () => {
        const { roster } = await this.#fetch()
        return () => describeOthers(roster, this.#membership.name)
      },
    })
    listening.catch((error: unknown) => {
      if (!(error instanceof AbortedError)) void this.#membership.fail(error)
    })
    return () => {
      stop()
      over.abort()
    }
  }

  /** Writes a message down for each receiver, all or none of them. */
  async #post(
    body: unknown,
    where: string,
    values: readonly string[],
    choose: (roster: Roster) => readonly string[],
  ): Promise<void> {
    const { name: own } = this.#membership
    const text = toJson('body', body)
    const id = randomUUID()
    await this.#membership.ask((connection) =>
      connection.transaction(async (ask) => {
        // Until the numbers are written, so that nobody sees a later one first.
        await ask(`select name from party ${where} order by name for update`, values)
        const receivers = choose(await this.#membership.roster(undefined, ask))
        if (receivers.length === 0) return
        const { affectedRows } = await ask(
          `insert ignore into message (id, receiver, number, sender, body)
           select ?, name, inbox + 1, ?, ? from party where name in (?)`,
          [id, own, text, receivers],
        )
        if (affectedRows > 0) await ask('update party set inbox = inbox + 1 where name in (?)', [receivers])
      }),
    )
  }

  /** Fetches what has come since, once for all who ask at the same time. */
  #fetch(): Promise<Fetched> {
    this.#fetching ??= this.#fetchNext().finally(() => {
      this.#fetching = undefined
    })
    return this.#fetching
  }

  async #fetchNext(): Promise<Fetched> {
    const roster = await this.#membership.roster<Sent>(beside(this.#membership.name, this.#last))
    const sent = roster.rows.filter((row) => row.message !== null)
    for (const { message, sender, body } of sent.sort((a, b) => Number(a.message) - Number(b.message))) {
      this.#last = Number(message)
      this.#mailbox.put({ from: sender, body: fromJson(body) })
    }
    return { roster, count: sent.length }
  }
}

function beside(name: string, last: number): Beside {
  return {
    columns: 'm.number as message, m.sender, m.body',
    tables: 'left join message m on m.receiver = p.name and p.name = ? and m.number > ? and m.number <= ?',
    values: [name, last, last + FETCHED_AT_ONCE],
  }
}
