import { firstLine } from '../errors.ts'
import { checkNames } from './arguments.ts'
import type { TurnOptions } from './coordinator.ts'
import type { Member } from './member.ts'
import { releasedBy, type Members } from './members.ts'
import { failedInTurn, noPlace, secondTurn, turnsName, twoOrders, vain } from './refusals.ts'
import type { Wait } from '../wait.ts'

interface Round {
  /** Who came first, and so gave the order. */
  readonly by: string
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
    if (options.order !== undefined) checkNames('order', options.order)
    const round = this.#roundOf(party, name, options.order ?? this.#members.companions(member))
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
      this.#break(name, round, failedInTurn(party, turnsName(name), firstLine(error), error))
      throw error
    }
  }

  #roundOf(party: string, name: string, order: readonly string[]): Round {
    const known = this.#rounds.get(name)
    if (known === undefined) {
      const round = { by: party, order, waiting: new Map<string, Wait<void>>(), at: 0, failure: undefined }
      this.#rounds.set(name, round)
      return round
    }
    if (known.order.length !== order.length || known.order.some((one, at) => one !== order[at])) {
      throw twoOrders(turnsName(name), { by: known.by, is: known.order }, { by: party, is: order })
    }
    return known
  }

  #callNext(round: Round): void {
    const next = round.order[round.at]
    if (next !== undefined && round.failure === undefined) round.waiting.get(next)?.succeed()
  }

  /** If one ended before its turn, those after it would wait for ever. */
  #review(name: string, round: Round, gone: Member | undefined): void {
    if (gone?.ended !== true || round.failure !== undefined) return
    const place = round.order.indexOf(gone.name)
    if (place < round.at) return
    this.#break(name, round, releasedBy(vain.turns(turnsName(name)), gone))
  }

  #break(name: string, round: Round, error: unknown): void {
    round.failure = error
    this.#rounds.delete(name)
    for (const wait of [...round.waiting.values()]) wait.fail(error)
  }
}

function checkPlace(round: Round, party: string, name: string): void {
  const place = round.order.indexOf(party)
  if (place === -1) {
    throw noPlace(party, turnsName(name), round.order)
  }
  if (place < round.at || round.waiting.has(party)) {
    throw secondTurn(party, turnsName(name))
  }
}
