import { CoordinationError } from '../errors.ts'
import { listed } from './listed.ts'
import type { TurnOptions } from './coordinator.ts'
import type { Member } from './member.ts'
import { releasedBy, type Members } from './members.ts'
import type { Wait } from '../wait.ts'

interface Round {
  readonly order: readonly string[]
  readonly waiting: Map<string, Wait<void>>
  /** Place in the order of the one whose turn it is. */
  at: number
  /** What ended the round before its end. */
  failure: unknown
}

/** The turns of one meeting: by name, each party once, in a given order. */
export class Turns {
  readonly #members: Members
  readonly #rounds = new Map<string, Round>()

  constructor(members: Members) {
    this.#members = members
    members.onEnd((member) => {
      for (const [name, round] of this.#rounds) this.#review(name, round, member)
    })
  }

  async take<T>(party: string, name: string, work: () => Promise<T> | T, options: TurnOptions = {}): Promise<T> {
    const member = this.#members.open(party)
    const round = this.#roundOf(name, options.order ?? this.#members.companions(member))
    checkPlace(round, party, name)
    const wait = this.#members.wait<void>(member, {
      what: `its turn in ${JSON.stringify(name)}`,
      options,
      explain: () =>
        `it is the turn of ${this.#members.describe(round.order.slice(round.at, round.order.indexOf(party)))}`,
      onEnd: (error) => {
        round.waiting.delete(party)
        this.#members.note(party, error === undefined ? 'took its turn' : 'gave up', name, 'turn')
      },
    })
    round.waiting.set(party, wait)
    this.#members.note(party, 'arrived', name, 'turn')
    for (const before of round.order.slice(round.at)) this.#review(name, round, this.#members.get(before))
    this.#callNext(round)
    await wait.promise
    try {
      const value = await work()
      this.#members.note(party, 'ended its turn', name)
      round.at += 1
      if (round.at === round.order.length) this.#rounds.delete(name)
      this.#callNext(round)
      return value
    } catch (error) {
      const why = new CoordinationError(`${party} failed in its turn in ${JSON.stringify(name)}`, { cause: error })
      this.#break(name, round, why)
      throw error
    }
  }

  #roundOf(name: string, order: readonly string[]): Round {
    const known = this.#rounds.get(name)
    if (known === undefined) {
      const round = { order, waiting: new Map<string, Wait<void>>(), at: 0, failure: undefined }
      this.#rounds.set(name, round)
      return round
    }
    if (known.order.length !== order.length || known.order.some((party, at) => party !== order[at])) {
      throw new CoordinationError(
        `turns ${JSON.stringify(name)} have two orders: ${listed(known.order)}; and ${listed(order)}`,
        { hints: ['give every party the same `order`'] },
      )
    }
    return known
  }

  #callNext(round: Round): void {
    const next = round.order[round.at]
    if (next !== undefined && round.failure === undefined) round.waiting.get(next)?.succeed()
  }

  /** Where one ended before its turn, those after it would wait for ever. */
  #review(name: string, round: Round, gone: Member | undefined): void {
    if (gone?.ended !== true || round.failure !== undefined) return
    const place = round.order.indexOf(gone.name)
    if (place < round.at) return
    this.#break(name, round, releasedBy(`turns ${JSON.stringify(name)} can't go on`, gone))
  }

  #break(name: string, round: Round, error: unknown): void {
    round.failure = error
    this.#rounds.delete(name)
    for (const wait of [...round.waiting.values()]) wait.fail(error)
  }
}

function checkPlace(round: Round, party: string, name: string): void {
  const place = round.order.indexOf(party)
  const turns = `turns ${JSON.stringify(name)}`
  if (place === -1) {
    throw new CoordinationError(`${party} has no place in ${turns}: ${listed(round.order)}`, {
      hints: [`add ${JSON.stringify(party)} to order`],
    })
  }
  if (place < round.at || round.waiting.has(party)) {
    throw new CoordinationError(`${party} takes its turn in ${turns} a second time`, {
      hints: ['each party has one turn; a new round begins once all have had theirs'],
    })
  }
}
