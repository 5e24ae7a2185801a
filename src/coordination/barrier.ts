import { performance } from '../clock.ts'
import type { Passage } from './coordinator.ts'
import { sameExpected, sizeOf, type Expected } from './expected.ts'
import { arrivedAlready, barrierName, notInvited, twoMeetings } from './refusals.ts'
import type { Wait } from '../wait.ts'

/** One meeting of several parties: it ends when all are there. */
export class Barrier {
  readonly name: string
  readonly expected: Expected
  readonly arrived = new Map<string, Wait<Passage>>()
  /** How many are to meet. */
  readonly size: number
  readonly #names: ReadonlySet<string> | undefined

  constructor(name: string, expected: Expected) {
    this.name = name
    this.expected = expected
    this.size = sizeOf(expected)
    this.#names = typeof expected === 'number' ? undefined : new Set(expected)
  }

  /** Names of those who are expected by name and not there. */
  get missing(): readonly string[] {
    return [...(this.#names ?? [])].filter((name) => !this.arrived.has(name))
  }

  /** Whether this party is expected by name and not there. */
  misses(name: string): boolean {
    return this.#names?.has(name) === true && !this.arrived.has(name)
  }

  /** @throws {CoordinationError} if a party can't come in: it is there already, is not expected, or expects others. */
  admit(party: string, expected: Expected): void {
    const place = barrierName(this.name)
    if (this.arrived.has(party)) {
      throw arrivedAlready(party, place)
    }
    if (!sameExpected(expected, this.expected)) {
      const [first] = this.arrived.keys()
      throw twoMeetings(place, { by: String(first), is: this.expected }, { by: party, is: expected })
    }
    if (this.#names?.has(party) === false) {
      throw notInvited(party, place, expected)
    }
  }

  /** Lets everybody go on, as the last one has come. Returns who met. */
  open(last: string): readonly string[] {
    const parties = [...this.arrived.keys(), last]
    const now = performance.now()
    let place = 0
    for (const wait of this.arrived.values()) {
      wait.succeed({ parties, place, waitedMs: now - wait.since })
      place += 1
    }
    return parties
  }
}
