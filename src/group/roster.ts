import type { Ask } from '../connection/ask.ts'
import type { Value } from '../connection/connection.ts'
import { sizeOf, type Expected } from '../coordination/expected.ts'
import { listed } from '../coordination/listed.ts'
import { formatDuration } from '../number-format.ts'

/** A party as its group has it written down. */
export interface PartyRow {
  readonly name: string
  /** Order of joining, from 1; null for one that is expected. */
  readonly number: number | null
  readonly token: string | null
  readonly state: 'expected' | 'in' | 'left' | 'failed' | 'died'
  readonly why: string | null
  readonly doing: string | null
  readonly doingMs: number | null
  readonly joinedMs: number | null
  /** 1 if its lease ran out. */
  readonly expired: 0 | 1 | null
  /** How long ago it ended, in microseconds. */
  readonly endedAgo: number | null
  readonly parties: string | null
  /** How many messages were sent to it. */
  readonly inbox: number
}

const COLUMNS = `p.name, p.number, p.token, p.state, p.why, p.doing, p.parties, p.inbox,
  timestampdiff(microsecond, p.joined_at, utc_timestamp(6)) div 1000 as joinedMs,
  timestampdiff(microsecond, p.doing_since, utc_timestamp(6)) div 1000 as doingMs,
  timestampdiff(microsecond, coalesce(p.ended_at, p.expires_at), utc_timestamp(6)) as endedAgo,
  p.expires_at < utc_timestamp(6) as expired`

/** More to read of each party in the same statement: columns, and the tables that they are in. */
export interface Beside {
  readonly columns: string
  readonly tables: string
  readonly values: readonly Value[]
}

const NOTHING: Beside = { columns: 'null', tables: '', values: [] }

/** Reads who is in a group, and what is beside, as they were at one moment. */
export async function readRoster<More extends object = object>(
  ask: Ask,
  { columns, tables, values }: Beside = NOTHING,
): Promise<Roster<More>> {
  return new Roster(await ask<PartyRow & More>(`select ${COLUMNS}, ${columns} from party p ${tables}`, values))
}

/** Who is in a group, as it was at one moment. */
export class Roster<More extends object = object> {
  /** More than one of a party if there is more than one thing beside it. */
  readonly rows: readonly (PartyRow & More)[]
  readonly #parties = new Map<string, PartyRow & More>()

  constructor(rows: readonly (PartyRow & More)[]) {
    this.rows = rows
    for (const row of rows) this.#parties.set(row.name, row)
  }

  get(name: string): (PartyRow & More) | undefined {
    return this.#parties.get(name)
  }

  /** Those who came, in the order in which they did, however they fared. */
  get joined(): (PartyRow & More)[] {
    const came = [...this.#parties.values()].filter(({ number }) => number !== null)
    return came.sort((a, b) => Number(a.number) - Number(b.number))
  }

  get living(): (PartyRow & More)[] {
    return this.joined.filter((party) => !hasEnded(party))
  }

  /** Those who ended, the first of them first: the others may have failed because of it. */
  get ended(): (PartyRow & More)[] {
    return this.joined.filter(hasEnded).sort((a, b) => Number(b.endedAgo) - Number(a.endedAgo))
  }

  /** Of whom the group is, as the first party that said so had it. */
  get agreed(): Expected | undefined {
    const [said] = this.joined.flatMap(({ parties }) => parties ?? [])
    return said === undefined ? undefined : (JSON.parse(said) as Expected)
  }

  /** Names of all who came or are expected. */
  get names(): string[] {
    const { agreed } = this
    const expected = Array.isArray(agreed) ? (agreed as readonly string[]) : []
    return [...new Set([...expected, ...this.joined.map(({ name }) => name)])]
  }

  /** How many may still do something, those who have not come yet included; `least` if the group has no size. */
  possible(least: number): number {
    const { agreed } = this
    const size = agreed === undefined ? least : sizeOf(agreed)
    return Math.max(size, this.joined.length) - this.ended.length
  }

  hasEnded(name: string): boolean {
    const party = this.get(name)
    return party !== undefined && hasEnded(party)
  }

  /** What each of several parties is doing, the first ten of them. */
  describe(names: readonly string[]): string {
    return listed(names.map((name) => `${name} (${describeParty(this.get(name))})`))
  }
}

/** How a party ended, or what it is doing: as in `joined 3.1 s ago, waiting for signal "go" for 2 s`. */
export function describeParty(party: PartyRow | undefined): string {
  if (party === undefined || party.state === 'expected') return 'not joined'
  if (party.state === 'left') return 'ended'
  if (party.state !== 'in') return `${party.state}: ${party.why}`
  if (party.expired === 1) return 'died: its lease expired'
  const doing = party.doing === null ? 'under way' : `${party.doing} for ${formatDuration(party.doingMs ?? 0)}`
  return `joined ${formatDuration(party.joinedMs ?? 0)} ago, ${doing}`
}

export function hasEnded({ state, expired }: PartyRow): boolean {
  return state !== 'expected' && (state !== 'in' || expired === 1)
}
