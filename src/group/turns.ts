import { checkNames } from '../coordination/arguments.ts'
import { failedInTurn, noPlace, released, secondTurn, turnsName, twoOrders, vain } from '../coordination/refusals.ts'
import type { TurnOptions } from '../coordination/coordinator.ts'
import type { Membership } from './membership.ts'
import { checkName } from './name.ts'
import type { Beside, Roster } from './roster.ts'

/** How a party stands to one round of turns. */
interface Turn {
  readonly turn: 'waiting' | 'done' | 'failed' | null
  /** The order that it was told, as JSON. */
  readonly told: string | null
  /** What it failed with. */
  readonly failure: string | null
}

/** The turns of a group, as one party sees them: by name, each party once a round, in a given order. */
export class GroupTurns {
  readonly #membership: Membership
  readonly #in = new Set<string>()

  constructor(membership: Membership) {
    this.#membership = membership
  }

  async take<T>(name: string, work: () => Promise<T> | T, options: TurnOptions = {}): Promise<T> {
    const { name: own } = this.#membership
    const turns = turnsName(checkName('turn', name))
    if (options.order !== undefined) checkNames('order', options.order)
    if (this.#in.has(name)) {
      throw secondTurn(own, turns)
    }
    this.#in.add(name)
    try {
      const round = await this.#nextRound(name)
      await this.#await(name, round, turns, options)
      return await this.#work(name, round, work)
    } finally {
      this.#in.delete(name)
    }
  }

  /** The round after the last that this party was in, one of its name before it included. */
  async #nextRound(name: string): Promise<number> {
    const { name: own } = this.#membership
    const sql = `select max(round) as last from turn where name = ? and party = ? and state = 'done'`
    const [row] = await this.#membership.ask(({ ask }) => ask<{ last: number | null }>(sql, [name, own]))
    return (row?.last ?? 0) + 1
  }

  async #await(name: string, round: number, turns: string, options: TurnOptions): Promise<void> {
    const { name: own, waits } = this.#membership
    const poll = () => this.#membership.roster<Turn>(beside(name, round))
    const roster = await poll()
    const { agreed, joined } = roster
    const told = options.order ?? (typeof agreed === 'object' ? agreed : undefined)
    const order = told ?? joined.map((party) => party.name)
    const before = order.slice(0, order.indexOf(own))
    if (!order.includes(own)) {
      throw noPlace(own, turns, order)
    }
    checkOrder(roster, own, told, turns)
    await this.#write(name, round, 'waiting', { order: told })
    try {
      await waits.begin<undefined>({
        what: `its turn in ${JSON.stringify(name)}`,
        options,
        poll: async (wait) => {
          const now = await poll()
          // Another may have come with another order at the same moment.
          checkOrder(now, own, told, turns)
          const left = before.filter((party) => now.get(party)?.turn !== 'done')
          if (left.length === 0) wait.succeed(undefined)
          else checkPossible(now, left, turns)
          return () => `it is the turn of ${now.describe(left)}`
        },
      })
    } catch (error) {
      const sql = `delete from turn where name = ? and round = ? and party = ? and state = 'waiting'`
      // One that has failed or left is written down as such.
      await this.#membership.ask(({ ask }) => ask(sql, [name, round, own])).catch(() => undefined)
      throw error
    }
  }

  async #work<T>(name: string, round: number, work: () => Promise<T> | T): Promise<T> {
    const { waits } = this.#membership
    const working = {}
    let value: T
    waits.tell(working, `at its turn in ${JSON.stringify(name)}`)
    try {
      value = await work()
    } catch (error) {
      // What the work failed with is what this party is told.
      await this.#write(name, round, 'failed', { error }).catch(() => undefined)
      throw error
    } finally {
      waits.tell(working)
    }
    await this.#write(name, round, 'done')
    return value
  }

  async #write(
    name: string,
    round: number,
    state: string,
    { order, error }: { readonly order?: readonly string[] | undefined; readonly error?: unknown } = {},
  ): Promise<void> {
    const { name: own } = this.#membership
    const told = order === undefined ? null : JSON.stringify(order)
    const why = state === 'failed' ? this.#membership.tellable(error) : null
    await this.#membership.ask(({ ask }) =>
      ask(
        `insert into turn (name, round, party, state, parties, why) values (?, ?, ?, ?, ?, ?)
         on duplicate key update state = values(state), parties = coalesce(values(parties), parties), why = values(why)`,
        [name, round, own, state, told, why],
      ),
    )
  }
}

function beside(name: string, round: number): Beside {
  return {
    columns: 't.state as turn, t.parties as told, t.why as failure',
    tables: 'left join turn t on t.name = ? and t.round = ? and t.party = p.name',
    values: [name, round],
  }
}

/** @throws {CoordinationError} if another party was told another order. */
function checkOrder(roster: Roster<Turn>, own: string, order: readonly string[] | undefined, turns: string): void {
  if (order === undefined) return
  for (const { name, told } of roster.joined) {
    if (told === null || told === JSON.stringify(order)) continue
    throw twoOrders(turns, { by: name, is: JSON.parse(told) as string[] }, { by: own, is: order })
  }
}

/** @throws {CoordinationError} if one before has ended, or failed in its turn. */
function checkPossible(roster: Roster<Turn>, before: readonly string[], turns: string): void {
  const failed = before.map((name) => roster.get(name)).find((party) => party?.turn === 'failed')
  if (failed !== undefined) {
    throw failedInTurn(failed.name, turns, String(failed.failure))
  }
  const gone = before.filter((name) => roster.hasEnded(name))
  if (gone.length > 0) throw released(vain.turns(turns), roster.describe(gone))
}
