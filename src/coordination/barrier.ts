import { CoordinationError } from '../errors.ts'
import type { Passage } from './coordinator.ts'
import type { Wait } from './wait.ts'

/** Who is to meet at a barrier: a number of parties, or certain ones. */
export type Expected = number | readonly string[]

/** One meeting of several parties: it ends when all are there. */
export class Barrier {
  readonly name: string
  readonly expected: Expected
  readonly arrived = new Map<string, Wait<Passage>>()
  readonly #names: ReadonlySet<string> | undefined

  constructor(name: string, expected: Expected) {
    this.name = name
    this.expected = expected
    this.#names = typeof expected === 'number' ? undefined : new Set(expected)
  }

  /** How many are to meet. */
  get size(): number {
    return this.#names?.size ?? Number(this.expected)
  }

  /** Names of those who are expected by name and not there. */
  get missing(): readonly string[] {
    return [...(this.#names ?? [])].filter((name) => !this.arrived.has(name))
  }

  /** Whether that one is expected by name and not there. */
  misses(name: string): boolean {
    return this.#names?.has(name) === true && !this.arrived.has(name)
  }

  /** @throws {CoordinationError} where a party can't come in: it is there already, is not expected, or expects others. */
  admit(party: string, expected: Expected): void {
    const place = `barrier ${JSON.stringify(this.name)}`
    if (this.arrived.has(party)) {
      throw new CoordinationError(`${party} is at ${place} already`, {
        hints: ['await the first barrier() before the next: a party can be at one place once'],
      })
    }
    if (!this.#expects(expected)) {
      const [first] = this.arrived.keys()
      throw new CoordinationError(
        `${place} is for ${describe(this.expected)}, as ${first} has it, and for ${describe(expected)}, as ${party} has it`,
        { hints: ['give every party of one barrier the same `parties`'] },
      )
    }
    if (this.#names?.has(party) === false) {
      throw new CoordinationError(`${party} came to ${place}, which is for ${describe(expected)}`, {
        hints: [`add ${JSON.stringify(party)} to parties`],
      })
    }
  }

  #expects(expected: Expected): boolean {
    if (expected === this.expected) return true
    if (typeof expected === 'number' || this.#names === undefined) return false
    return new Set(expected).size === this.#names.size && expected.every((name) => this.#names?.has(name))
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

function describe(expected: Expected): string {
  return typeof expected === 'number' ? `${expected} parties` : listed(expected)
}

const SHOWN = 10

/** Names in a row, the first ten of them. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return 'nobody'
  const more = names.length - SHOWN
  return `${names.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
