import { withAwaitSite } from '../call-site.ts'
import { deadlineMs, type Duration } from '../duration.ts'
import { AbortedError, CoordinationError } from '../errors.ts'
import { listed } from './listed.ts'
import type { WaitOptions } from './coordinator.ts'
import { Member, type MemberDetails } from './member.ts'
import { released } from './refusals.ts'
import type { CoordinationEvent, CoordinationEventKind, SharedState } from './shared-state.ts'
import { Wait } from '../wait.ts'

export interface MembersOptions {
  readonly state: SharedState
  /** Deadline of a wait that gives none. */
  readonly within: Duration
  /** Called with what a listener threw, and the name of its party. */
  readonly onListenerError?: ((party: string, error: unknown) => void) | undefined
  /** Wraps each wait, so that one that nobody awaits can be reported. */
  readonly watchWait?: (<T>(label: () => string, work: Promise<T>) => Promise<T>) | undefined
}

interface WaitFor {
  readonly what: string
  readonly options: WaitOptions
  readonly explain: () => string
  readonly onEnd: (error?: unknown) => void
}

/** Who takes part, what each waits for, and how each ended. */
export class Members {
  readonly #options: MembersOptions
  readonly #members = new Map<string, Member>()
  readonly #onEnd: ((member: Member) => void)[] = []
  readonly #ended = new Map<string, Member>()

  constructor(options: MembersOptions) {
    this.#options = options
  }

  /** @throws {CoordinationError} if one of that name is under way. */
  checkFree(name: string): void {
    if (this.#members.get(name)?.ended === false) {
      throw new CoordinationError(`two sessions are named ${JSON.stringify(name)}`, {
        hints: ['reports and meetings tell sessions apart by name: give each its own, or close the first'],
      })
    }
  }

  /** @throws {CoordinationError} if one of that name is under way. */
  join(name: string, details: MemberDetails = {}): void {
    this.checkFree(name)
    const onListenerError = (error: unknown) => {
      this.#options.onListenerError?.(name, error)
      this.end(name, error)
    }
    this.#ended.delete(name)
    this.#members.set(name, new Member(name, details, onListenerError))
    this.note(name, 'joined')
  }

  get(name: string): Member | undefined {
    return this.#members.get(name)
  }

  /** @throws {CoordinationError} if there is none of that name. {@link Member.failure} if it has failed. */
  open(name: string): Member {
    // The body of the test takes part once it says so.
    if (name === TEST && !this.#members.has(TEST)) this.join(TEST)
    const member = this.#members.get(name)
    if (member === undefined) {
      throw new CoordinationError(`${JSON.stringify(name)} is not here`, {
        hints: [`the parties here: ${listed(this.names())}`],
      })
    }
    if (member.failure !== undefined) throw member.failure
    if (member.ended) throw new CoordinationError(`${name} has ended and can't take part any more`)
    member.tookPart = true
    return member
  }

  /** Everybody who came, those who ended included. */
  names(): string[] {
    return [...this.#members.keys()]
  }

  /** Those who take part, in the order in which they came. */
  live(): Member[] {
    return [...this.#members.values()].filter((member) => !member.ended)
  }

  /** Those who have failed or ended. */
  ended(): Iterable<Member> {
    return this.#ended.values()
  }

  /** Those whom a party meets unless it says otherwise: its run, else all who came by themselves. */
  companions({ name, group }: Member): readonly string[] {
    if (group !== undefined) return group.names
    const loose = this.live().filter((other) => other.group === undefined && (other.name !== TEST || name === TEST))
    return loose.map((other) => other.name)
  }

  /** Called for each party that failed or ended. */
  onEnd(listener: (member: Member) => void): void {
    this.#onEnd.push(listener)
  }

  /** Ends a party, and releases whoever waits for it in vain. */
  end(name: string, error?: unknown): void {
    const member = this.#members.get(name)
    if (member?.end(error) !== true) return
    this.#ended.set(name, member)
    this.note(name, error === undefined ? 'ended' : error instanceof AbortedError ? 'aborted' : 'failed')
    for (const wait of member.waits) wait.fail(error ?? new AbortedError(`gave up ${wait.what}: ${name} ended`))
    for (const listener of this.#onEnd) listener(member)
  }

  /** Begins a wait of one party. */
  wait<T>(member: Member, { what, options, explain, onEnd }: WaitFor): Wait<T> {
    const { within = this.#options.within, signal } = options
    const wait = new Wait<T>({
      what,
      withinMs: deadlineMs(within),
      signal,
      explain,
      onEnd(error) {
        member.waits.delete(wait)
        onEnd(error)
      },
    })
    member.waits.add(wait)
    return wait
  }

  /** Makes the test fail if nobody awaits a wait. */
  watch<T>(label: () => string, work: Promise<T>): Promise<T> {
    return this.#options.watchWait?.(label, work) ?? withAwaitSite(work)
  }

  /** What each of several parties is doing, the first ten of them. */
  describe(names: readonly string[]): string {
    return listed(names.map((name) => `${name} (${this.#members.get(name)?.describe() ?? 'not started'})`))
  }

  /** What everybody but one party is doing. */
  describeOthers(name: string): string {
    const others = [...this.#members.keys()].filter((other) => other !== name)
    return others.length === 0 ? 'nobody else is here' : `the others: ${this.describe(others)}`
  }

  note(party: string, kind: CoordinationEventKind, name?: string, what?: CoordinationEvent['what']): void {
    const about = { ...(name !== undefined && { name }), ...(what !== undefined && { what }) }
    this.#options.state.record({ party, kind, ...about })
  }
}

/** Name under which the body of the test itself takes part. */
export const TEST = 'test'

/** Why one party released others: the error that all of them get, with what that party failed with. */
export function releasedBy(what: string, member: Member): CoordinationError {
  const { failure } = member
  // One that was itself released by another is not the cause.
  const first = (failure instanceof Error && origins.get(failure)) || member
  const error = released(what, `${first.name} (${first.describe()})`, first.failure)
  origins.set(error, first)
  return error
}

const origins = new WeakMap<Error, Member>()
