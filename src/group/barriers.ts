import { performance } from '../clock.ts'
import { CoordinationError } from '../errors.ts'
import { listed } from '../coordination/listed.ts'
import type { BarrierOptions, Passage } from '../coordination/coordinator.ts'
import type { Ask } from '../connection/ask.ts'
import type { Membership } from './membership.ts'
import { checkName } from './name.ts'
import { checkExpected } from './options.ts'
import { sameExpected, sizeOf, type Expected } from '../coordination/expected.ts'
import { arrivedAlready, barrierName, notInvited, released, twoMeetings, vain } from '../coordination/refusals.ts'
import { hasEnded, type Beside, type Roster } from './roster.ts'
import { formatCount } from '../number-format.ts'

/** How a party stands to one meeting at a barrier. */
interface Arrival {
  /** Order of arrival, from 1; null for one that is not there. */
  readonly place: number | null
  /** Whom it came to meet, as JSON. */
  readonly met: string | null
  /** 1 once the meeting was complete. */
  readonly open: 0 | 1
}

/**
 * The barriers of a group, as one party sees them. A barrier is a row of meetings, of which one at a time is open to
 * arrivals: whoever completes it opens the next, so that the quick need not wait for the slow to notice.
 */
export class GroupBarriers {
  readonly #membership: Membership
  readonly #at = new Set<string>()

  constructor(membership: Membership) {
    this.#membership = membership
  }

  async arrive(name: string, options: BarrierOptions = {}): Promise<Passage> {
    const since = performance.now()
    const what = barrierName(checkName('barrier', name))
    if (options.parties !== undefined) checkExpected(options.parties)
    if (this.#at.has(name)) {
      throw arrivedAlready(this.#membership.name, what)
    }
    this.#at.add(name)
    try {
      const { meeting, expected } = await this.#enter(name, what, options.parties)
      const passage = (roster: Roster<Arrival>): Passage => {
        const parties = arrivedIn(roster).map((party) => party.name)
        return { parties, place: parties.indexOf(this.#membership.name), waitedMs: performance.now() - since }
      }
      try {
        return await this.#membership.waits.begin<Passage>({
          what,
          options,
          poll: async (wait) => {
            const roster = await this.#membership.roster<Arrival>(beside(name, meeting))
            if (roster.rows[0]?.open === 1) wait.succeed(passage(roster))
            else checkPossible(roster, expected, what)
            return () => explain(roster, expected)
          },
        })
      } catch (error) {
        // Others may have gone on together with this party, after its last poll.
        if (!(await this.#withdraw(name, meeting)) || options.signal?.aborted) throw error
        return passage(await this.#membership.roster<Arrival>(beside(name, meeting)))
      }
    } finally {
      this.#at.delete(name)
    }
  }

  /** Comes to the meeting that is open, and opens the next if this one is complete by it. */
  async #enter(name: string, what: string, parties: Expected | undefined) {
    const { name: own } = this.#membership
    // Before the transaction: TiDB v8.5.6 goes on not to find what it once looked for, to lock it, and did not find.
    await this.#membership.ask(({ ask }) => ask('insert ignore into barrier (name, opened) values (?, 0)', [name]))
    return this.#membership.ask((connection) =>
      connection.transaction(async (ask) => {
        const meeting = (await lockBarrier(ask, name)) + 1
        const roster = await this.#membership.roster<Arrival>(beside(name, meeting), ask)
        const expected = parties ?? roster.agreed
        if (expected === undefined) throw ofNobody(what)
        admit(roster, own, expected, what)
        // Those who died here don't meet anybody.
        for (const { name: gone, place } of roster.ended) {
          if (place === null) continue
          await ask('delete from arrival where barrier = ? and meeting = ? and party = ?', [name, meeting, gone])
        }
        const arrived = arrivedIn(roster).filter((party) => !hasEnded(party))
        const last = Math.max(0, ...arrived.map(({ place }) => Number(place)))
        const values = [name, meeting, own, last + 1, JSON.stringify(expected)]
        await ask('replace into arrival (barrier, meeting, party, place, parties) values (?, ?, ?, ?, ?)', values)
        const there = new Set([...arrived.map((party) => party.name), own])
        if (there.size === sizeOf(expected)) {
          await ask('update barrier set opened = ? where name = ?', [meeting, name])
        }
        return { meeting, expected }
      }),
    )
  }

  /** Goes away from a meeting that was not completed. @returns whether it was, and this party has met the others. */
  async #withdraw(name: string, meeting: number): Promise<boolean> {
    const { name: own } = this.#membership
    const work = this.#membership.ask((connection) =>
      connection.transaction(async (ask) => {
        if ((await lockBarrier(ask, name)) >= meeting) return true
        await ask('delete from arrival where barrier = ? and meeting = ? and party = ?', [name, meeting, own])
        return false
      }),
    )
    // One that has failed or left is written down as such, and meets nobody.
    return work.catch(() => false)
  }
}

/** Makes other parties wait until the end of the transaction. @returns the number of the last complete meeting. */
async function lockBarrier(ask: Ask, name: string): Promise<number> {
  const [barrier] = await ask<{ opened: number }>('select opened from barrier where name = ? for update', [name])
  return barrier?.opened ?? 0
}

function beside(name: string, meeting: number): Beside {
  return {
    columns: `a.place, a.parties as met, exists (select 1 from barrier where name = ? and opened >= ?) as open`,
    tables: `left join arrival a on a.barrier = ? and a.meeting = ? and a.party = p.name`,
    values: [name, meeting, name, meeting],
  }
}

/** Those who are there, in the order in which they arrived. */
function arrivedIn(roster: Roster<Arrival>) {
  const arrived = roster.joined.filter(({ place }) => place !== null)
  return arrived.sort((a, b) => Number(a.place) - Number(b.place))
}

function missingFrom(roster: Roster<Arrival>, expected: readonly string[]): string[] {
  const there = new Set(arrivedIn(roster).flatMap((party) => (hasEnded(party) ? [] : party.name)))
  return [...new Set(expected)].filter((name) => !there.has(name))
}

/** @throws {CoordinationError} if a party can't come in: it is not expected, or expects others. */
function admit(roster: Roster<Arrival>, own: string, expected: Expected, what: string): void {
  if (typeof expected !== 'number' && !expected.includes(own)) {
    throw notInvited(own, what, expected)
  }
  for (const { name, met } of arrivedIn(roster).filter((party) => !hasEnded(party))) {
    const others = JSON.parse(met ?? 'null') as Expected
    if (sameExpected(others, expected)) continue
    throw twoMeetings(what, { by: name, is: others }, { by: own, is: expected })
  }
}

/** @throws {CoordinationError} if those who have ended leave too few. */
function checkPossible(roster: Roster<Arrival>, expected: Expected, what: string): void {
  const gone = roster.ended.map(({ name }) => name)
  const missed =
    typeof expected === 'number'
      ? roster.possible(expected) < expected && gone
      : gone.filter((name) => missingFrom(roster, expected).includes(name))
  if (!missed || missed.length === 0) return
  throw released(vain.barrier(what), roster.describe(missed))
}

function explain(roster: Roster<Arrival>, expected: Expected): string {
  const arrived = arrivedIn(roster).map(({ name }) => name)
  const came = `${formatCount(arrived.length)} of ${formatCount(sizeOf(expected))} arrived (${listed(arrived)})`
  if (typeof expected !== 'number') return `${came}; missing: ${roster.describe(missingFrom(roster, expected))}`
  const elsewhere = roster.names.filter((name) => !arrived.includes(name) && !roster.hasEnded(name))
  const unknown = expected - arrived.length - elsewhere.length
  const others = elsewhere.length === 0 ? [] : [`missing: ${roster.describe(elsewhere)}`]
  if (unknown > 0) others.push(`${formatCount(unknown)} not joined`)
  return [came, ...others].join('; ')
}

function ofNobody(what: string): CoordinationError {
  return new CoordinationError(`the number of parties at ${what} is not known`, {
    hints: ['give `parties` when joining the group, or to barrier()'],
  })
}
