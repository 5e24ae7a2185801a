import { performance } from '../clock.ts'
import type { Address } from '../connection/connection.ts'
import { answerOf, permanence } from '../connection/error-codes.ts'
import { quoteName } from '../quote-name.ts'
import { driverError } from '../connection/retry.ts'
import { AbortedError, CoordinationError, DeadlineError, StatementError } from '../errors.ts'
import type { Ask } from '../connection/ask.ts'
import { GroupConnection } from './connection.ts'
import { bury, dropIfDead } from './death.ts'
import { explain, tellable } from './error.ts'
import { groupDatabase } from './name.ts'
import type { CheckedOptions } from './options.ts'
import { Pulse } from './pulse.ts'
import { describeParty, hasEnded, readRoster, type Beside, type Roster } from './roster.ts'
import { ifGroup } from './tables.ts'
import { GroupWaits } from './waits.ts'

const ROLL_CALL_MS = 250
/** So that a group of any size calls the roll about 20 times a second. */
const ROLL_CALL_MS_PER_PARTY = 50
/** How long a leaving party waits for the lock of its group, in s. */
const LEAVE_SECONDS = 10

export interface MembershipDetails {
  readonly address: Address
  readonly options: CheckedOptions
  /** What the server knows its session by. */
  readonly token: string
  /** What its statements go through. */
  readonly connection: GroupConnection
  /** What its heartbeats go through: the session of that token. */
  readonly pulse: GroupConnection
  /** How many messages were sent to one of its name before it. */
  readonly inbox: number
}

/** The place of one party in its group: its connections, its heartbeats, its waits, and how it ends. */
export class Membership {
  readonly name: string
  /** Its group, as errors call it. */
  readonly place: string
  /** How many messages were sent to one of its name before it. */
  readonly inbox: number
  readonly waits: GroupWaits
  readonly #details: MembershipDetails
  readonly #database: string
  readonly #pulse: Pulse
  /** How many parties there were at the last poll. */
  #crowd = 1
  #rollCalledAt = performance.now()
  #failure: { readonly error: unknown; readonly told: Promise<void> } | undefined
  #leaving: Promise<void> | undefined

  constructor(details: MembershipDetails) {
    const { token, connection, pulse } = details
    const { group, name, leaseMs, withinMs, signal } = details.options
    this.name = name
    this.place = `group ${JSON.stringify(group)}`
    this.inbox = details.inbox
    this.#details = details
    this.#database = groupDatabase(group)
    const onLost = (error: unknown) => void this.fail(this.#explain(error, 'lost its connection to'))
    this.#pulse = new Pulse(pulse, token, leaseMs, (error) => {
      // The roster says why.
      if (error === undefined) void this.roster().catch(() => undefined)
      else if (pulse.closed) onLost(error)
      else void this.fail(this.#explain(error, "can't send a heartbeat to"))
    })
    this.waits = new GroupWaits({
      place: this.place,
      withinMs,
      signal,
      onChange: (doing) => this.#pulse.say(doing),
      between: () => this.#callRoll(),
      crowd: () => this.#crowd,
    })
    connection.onLost(onLost)
    pulse.onLost(onLost)
    this.#pulse.start()
  }

  /** @throws what this party failed with; {CoordinationError} if it has left. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error
    if (this.#leaving !== undefined) throw this.#hasLeft()
  }

  /** One statement, or several as one. @throws {CoordinationError} with what the server said. */
  async ask<T>(work: (connection: GroupConnection) => Promise<T>): Promise<T> {
    try {
      this.check()
      const value = await work(this.#details.connection)
      this.check()
      return value
    } catch (error) {
      const blamed = this.#blame(error)
      // What this party does next is after the others know.
      await this.#failure?.told
      throw blamed
    }
  }

  /**
   * Reads who is in the group, and what is beside.
   *
   * @throws {CoordinationError} if this party no longer counts as alive.
   */
  async roster<More extends object = object>(beside?: Beside, ask?: Ask): Promise<Roster<More>> {
    const read = (by: Ask) => readRoster<More>(by, beside)
    const roster = await (ask === undefined ? this.ask((connection) => read(connection.ask)) : read(ask))
    this.check()
    const own = roster.get(this.name)
    if (own?.token !== this.#details.token || hasEnded(own)) {
      const why = own === undefined ? 'it is no longer in it' : describeParty(own)
      const error = new CoordinationError(`${this.name} was declared dead by ${this.place}: ${why}`, {
        host: this.#details.connection.host,
        hints: ['its process or machine was suspended for longer than its lease: give it a longer `lease`'],
      })
      void this.fail(error)
      throw error
    }
    this.#crowd = roster.living.length
    return roster
  }

  /** What others are told of an error. */
  tellable(error: unknown): string {
    return tellable(error, this.#details.address.password)
  }

  /** Ends this party by an error: its waits throw it, and the others are told its first line. */
  async fail(error: unknown): Promise<void> {
    if (this.#failure === undefined && this.#leaving === undefined) {
      this.#failure = { error, told: this.#tellFailure(error) }
      await this.#failure.told
      this.waits.fail(error)
    }
    await this.#failure?.told
  }

  /** Ends this party, and drops the group if it is the last one. A server that is gone is no error. */
  leave(): Promise<void> {
    return (this.#leaving ??= this.#leave())
  }

  async #leave(): Promise<void> {
    const { address, connection, pulse } = this.#details
    this.waits.fail(new AbortedError(`gave up: ${this.name} left ${this.place}`))
    try {
      await this.#pulse.stop()
      await this.#failure?.told
      if (await this.#partBy(connection)) return
      await using again = await GroupConnection.open(address, `${this.name} of ${this.place}`)
      await this.#part(again)
    } catch (error) {
      // A server that is gone has nobody to tell; the next group there clears away what is left.
      if (error instanceof DeadlineError || permanence(answerOf(driverError(error))) === 'lost') return
      throw this.#explain(error, 'could not leave')
    } finally {
      await Promise.all([connection.close(), pulse.close()])
    }
  }

  /** False if the connection is lost, which may show only now. */
  async #partBy(connection: GroupConnection): Promise<boolean> {
    if (connection.closed) return false
    try {
      await this.#part(connection)
      return true
    } catch (error) {
      if (connection.closed) return false
      throw error
    }
  }

  async #part(connection: GroupConnection): Promise<void> {
    await ifGroup(connection.ask, this.#database, () => this.#note(connection, 'left'))
    await bury(connection, this.#database)
    await dropIfDead(connection, this.#database, LEAVE_SECONDS)
  }

  async #note(connection: GroupConnection, state: 'left' | 'failed', why?: string): Promise<void> {
    const { token } = this.#details
    await connection.ask(
      `update ${quoteName(this.#database)}.party set state = ?, why = ?, ended_at = utc_timestamp(6) where token = ? and state = 'in'`,
      [state, why, token],
    )
  }

  /** Tells the others, through whichever connection is left. If none is, they see that. */
  async #tellFailure(error: unknown): Promise<void> {
    const { connection, pulse } = this.#details
    const open = [connection, pulse].find(({ closed }) => !closed)
    if (open !== undefined) await this.#note(open, 'failed', this.tellable(error)).catch(() => undefined)
  }

  /** Now and then, checks who is still there. */
  async #callRoll(): Promise<void> {
    const now = performance.now()
    if (now - this.#rollCalledAt < Math.max(ROLL_CALL_MS, this.#crowd * ROLL_CALL_MS_PER_PARTY)) return
    this.#rollCalledAt = now
    await this.ask((connection) => bury(connection, this.#database))
  }

  /** What to throw if a statement failed. */
  #blame(error: unknown): unknown {
    if (this.#failure !== undefined) return this.#failure.error
    if (!(error instanceof StatementError || error instanceof DeadlineError)) return error
    if (this.#leaving !== undefined) return this.#hasLeft()
    const isLost = this.#details.connection.closed || error instanceof DeadlineError
    const explained = this.#explain(error, isLost ? 'lost its connection to' : 'was refused by')
    if (isLost) void this.fail(explained)
    return explained
  }

  #hasLeft(): CoordinationError {
    return new CoordinationError(`${this.name} has left ${this.place}`)
  }

  #explain(error: unknown, what: string): unknown {
    return explain(error, `${this.name} ${what} ${this.place}`, this.#details.connection.host)
  }
}
