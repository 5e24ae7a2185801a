import type { Duration } from '../duration.ts'
import { Members, TEST, type MembersOptions } from './members.ts'
import type { MemberDetails } from './member.ts'
import { Meeting, Party, RunCoordinator, type Place } from './party.ts'
import { SharedState } from './shared-state.ts'

export interface ConnectionCoordinatorOptions extends Partial<Omit<MembersOptions, 'within'>> {
  /** Deadline of a wait that gives none. Default 4 s. */
  readonly within?: Duration | undefined
}

/**
 * Lets the sessions of one test meet. It is itself a party, called `test`: what the body of the test coordinates
 * through. `for` gives what a session coordinates through; the sessions of a run get theirs handed.
 *
 * @example
 * const [alice, bob] = await tidbPool.sessions('alice', 'bob')
 * await Promise.all([
 *   tidbPool.coordinator.for(alice).barrier('loaded'),
 *   tidbPool.coordinator.for(bob).barrier('loaded'),
 * ])
 */
export class ConnectionCoordinator extends Party {
  /** What is known of all connections, with the events of their coordination. */
  readonly state: SharedState
  /** Deadline of a wait that gives none. */
  readonly within: Duration
  readonly #meeting: Meeting
  readonly #parties = new Map<string, Party>()

  constructor({ state = new SharedState(), within = 4_000, ...options }: ConnectionCoordinatorOptions = {}) {
    const meeting = new Meeting(new Members({ ...options, state, within }))
    super(meeting, TEST)
    this.state = state
    this.within = within
    this.#meeting = meeting
  }

  /**
   * What a session coordinates through; one that did not take part before does from now on.
   *
   * @throws {CoordinationError} if none of that name takes part.
   */
  for(session: string | { readonly name: string; describe?(): string }): Party {
    const name = typeof session === 'string' ? session : session.name
    const party = this.#parties.get(name)
    if (party !== undefined) return party
    if (typeof session !== 'string' && this.#meeting.members.get(name) === undefined) {
      return this.join(name, { describe: () => session.describe?.() })
    }
    this.#meeting.members.open(name)
    return this.#remember(new Party(this.#meeting, name))
  }

  /** Takes a party in. @throws {CoordinationError} if one of that name is under way. */
  join(name: string, details?: MemberDetails): Party {
    this.#meeting.members.join(name, details)
    return this.#remember(new Party(this.#meeting, name))
  }

  /** @throws {CoordinationError} if a session of one of these names is under way: a run begins with all or none. */
  checkFree(names: readonly string[]): void {
    for (const name of names) this.#meeting.members.checkFree(name)
  }

  /** Takes a session of a run in. @throws {CoordinationError} if one of that name is under way. */
  joinRun(name: string, details: MemberDetails, place: Place): RunCoordinator {
    this.#meeting.members.join(name, details)
    const party = new RunCoordinator(this.#meeting, name, place)
    this.#parties.set(name, party)
    return party
  }

  /** Notes that a party has ended, well or with an error: whoever waits for it in vain is released. */
  end(name: string, error?: unknown): void {
    this.#meeting.members.end(name, error)
    this.#parties.delete(name)
  }

  /** Whether a party did anything here: met others, or told them something. */
  tookPart(name: string): boolean {
    return this.#meeting.members.get(name)?.tookPart === true
  }

  /** What a party failed with; undefined if it goes on or ended well. */
  failureOf(name: string): unknown {
    return this.#meeting.members.get(name)?.failure
  }

  #remember(party: Party): Party {
    this.#parties.set(party.name, party)
    return party
  }
}
