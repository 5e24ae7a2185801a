import { CoordinationError } from '../errors.ts'
import { checkParties } from './arguments.ts'
import { listed } from './listed.ts'
import { Barrier } from './barrier.ts'
import type { BarrierOptions, Passage } from './coordinator.ts'
import type { Member } from './member.ts'
import { releasedBy, type Members } from './members.ts'
import { barrierName, vain } from './refusals.ts'
import { formatCount, formatQuantity } from '../number-format.ts'

/** The barriers of one meeting, by name. */
export class Barriers {
  readonly #members: Members
  readonly #barriers = new Map<string, Barrier>()

  constructor(members: Members) {
    this.#members = members
    members.onEnd((member) => {
      for (const barrier of this.#barriers.values()) this.#review(barrier, member)
    })
  }

  /** At once if the party is the last to come. */
  arrive(party: string, name: string, options: BarrierOptions = {}): Passage | Promise<Passage> {
    const member = this.#members.open(party)
    if (options.parties !== undefined) checkParties(options.parties)
    const expected = options.parties ?? this.#members.companions(member)
    const barrier = this.#barriers.get(name) ?? new Barrier(name, expected)
    barrier.admit(party, expected)
    checkCapacity(barrier, member)
    if (barrier.arrived.size + 1 === barrier.size) return this.#complete(barrier, party)
    this.#barriers.set(name, barrier)
    const wait = this.#members.wait<Passage>(member, {
      what: barrierName(name),
      options,
      explain: () => this.#explain(barrier),
      onEnd: (error) => {
        this.#members.note(party, error === undefined ? 'passed' : 'gave up', name)
        if (error === undefined) return
        barrier.arrived.delete(party)
        if (barrier.arrived.size === 0 && this.#barriers.get(name) === barrier) this.#barriers.delete(name)
      },
    })
    barrier.arrived.set(party, wait)
    this.#members.note(party, 'arrived', name)
    for (const gone of this.#members.ended()) if (this.#review(barrier, gone)) break
    return wait.promise
  }

  /** The last one to come waits for nobody. */
  #complete(barrier: Barrier, party: string): Passage {
    this.#members.note(party, 'arrived', barrier.name)
    this.#barriers.delete(barrier.name)
    const parties = barrier.open(party)
    this.#members.note(party, 'passed', barrier.name)
    return { parties, place: parties.length - 1, waitedMs: 0 }
  }

  /** Releases everybody if a party that ended leaves too few to fill the barrier. True if there is nothing more to check. */
  #review(barrier: Barrier, gone: Member): boolean {
    if (barrier.arrived.size === 0 || barrier.arrived.has(gone.name)) return false
    const counts = typeof barrier.expected === 'number'
    if (counts ? this.#possible(barrier) >= barrier.size : !barrier.misses(gone.name)) return counts
    this.#barriers.delete(barrier.name)
    const error = releasedBy(vain.barrier(barrierName(barrier.name)), gone)
    for (const wait of [...barrier.arrived.values()]) wait.fail(error)
    return true
  }

  /** How many could still come to a barrier that counts. */
  #possible(barrier: Barrier): number {
    const names = new Set(barrier.arrived.keys())
    for (const { name, group } of this.#members.live()) {
      names.add(name)
      for (const other of group?.names ?? []) if (this.#members.get(other) === undefined) names.add(other)
    }
    return names.size
  }

  #explain(barrier: Barrier): string {
    const { arrived, size, missing } = barrier
    const came = `${formatCount(arrived.size)} of ${formatCount(size)} arrived (${listed([...arrived.keys()])})`
    if (missing.length > 0) return `${came}; missing: ${this.#members.describe(missing)}`
    const elsewhere = this.#members.live().filter(({ name }) => !arrived.has(name))
    return `${came}; elsewhere: ${this.#members.describe(elsewhere.map(({ name }) => name))}`
  }
}

function countOwn({ expected, size }: Barrier, names: readonly string[]): number {
  if (typeof expected === 'number') return Math.min(size, names.length)
  const group = new Set(names)
  return expected.filter((name) => group.has(name)).length
}

/** A party that waits keeps its place among those at work: more than have a place can't all wait. */
function checkCapacity(barrier: Barrier, { group }: Member): void {
  if (group === undefined) return
  const { capacity, names } = group
  // A thousand parties ask this at each of their barriers.
  const own = barrier.expected === names ? names.length : countOwn(barrier, names)
  if (own <= capacity) return
  throw new CoordinationError(
    `${barrierName(barrier.name)} needs ${formatQuantity(own, 'session')} and only ${formatCount(capacity)} work at once: it can never be filled`,
    { hints: [`let as many work at once: run(…, { concurrency: ${own} }), or TIDB_CONCURRENCY=${own}`] },
  )
}
