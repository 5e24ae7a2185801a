import { isDeepStrictEqual } from 'node:util'
import { otherValue, released, signalName, vain } from '../coordination/refusals.ts'
import type { SignalOptions } from '../coordination/coordinator.ts'
import { fromJson, toJson } from './json.ts'
import type { Membership } from './membership.ts'
import { checkName } from './name.ts'
import type { Beside, Roster } from './roster.ts'

interface Given {
  /** Name of the party that gave it; null if nobody did. */
  readonly giver: string | null
  readonly value: string | null
}

/** The signals of a group, as one party sees them: each sent once, for good. */
export class GroupSignals {
  readonly #membership: Membership

  constructor(membership: Membership) {
    this.#membership = membership
  }

  async give(name: string, value: unknown): Promise<void> {
    const { name: own } = this.#membership
    const text = toJson('value', value)
    const given = [checkName('signal', name), own, text]
    const { affectedRows } = await this.#membership.ask(({ ask }) =>
      // A party that was declared dead sends no signals.
      ask(
        `insert ignore into \`signal\` (name, party, value) select ?, ?, ? from party
         where name = ? and state = 'in' and expires_at >= utc_timestamp(6)`,
        [...given, own],
      ),
    )
    if (affectedRows === 1) return
    const before = (await this.#membership.roster<Given>(beside(name))).get(own)
    if (isDeepStrictEqual(fromJson(before?.value ?? null), fromJson(text))) return
    throw otherValue(own, signalName(name), before?.giver ?? undefined)
  }

  async waitFor(name: string, options: SignalOptions = {}): Promise<unknown> {
    const what = signalName(checkName('signal', name))
    const { name: own } = this.#membership
    const { from } = options
    return this.#membership.waits.begin<unknown>({
      what,
      options,
      poll: async (wait) => {
        const roster = await this.#membership.roster<Given>(beside(name))
        const given = roster.get(own)
        if (given !== undefined && given.giver !== null) wait.succeed(fromJson(given.value))
        else checkPossible(roster, own, from, what)
        return () =>
          from === undefined
            ? `nobody has sent it; ${describeOthers(roster, own)}`
            : `it was expected from ${roster.describe([from])}`
      },
    })
  }
}

function beside(name: string): Beside {
  return { columns: 's.party as giver, s.value', tables: 'left join `signal` s on s.name = ?', values: [name] }
}

/** @throws {CoordinationError} if nobody is left to send it. */
function checkPossible(roster: Roster, own: string, from: string | undefined, what: string): void {
  if (from === undefined) return checkOthers(roster, own, vain.signal(what))
  if (roster.hasEnded(from)) throw released(vain.signal(what), roster.describe([from]))
}

/** @throws {CoordinationError} if everybody else has ended. */
export function checkOthers(roster: Roster, own: string, otherwise: string): void {
  const ended = roster.ended.map(({ name }) => name)
  if (ended.length === 0 || roster.possible(0) > 1) return
  throw released(otherwise, roster.describe(ended.filter((name) => name !== own)))
}

/** What everybody but one party is doing. */
export function describeOthers(roster: Roster, own: string): string {
  const others = roster.names.filter((name) => name !== own)
  return others.length === 0 ? 'nobody else has joined' : `the others: ${roster.describe(others)}`
}
