import { isDeepStrictEqual } from 'node:util'
import type { SignalOptions } from './coordinator.ts'
import { releasedBy, type Members } from './members.ts'
import { otherValue, signalName, vain } from './refusals.ts'
import type { Wait } from '../wait.ts'

interface Waiting {
  readonly party: string
  readonly from: string | undefined
  readonly wait: Wait<unknown>
}

/** The signals of one meeting: each sent once, for good. */
export class Signals {
  readonly #members: Members
  readonly #given = new Map<string, { readonly by: string; readonly value: unknown }>()
  readonly #waiting = new Map<string, Set<Waiting>>()

  constructor(members: Members) {
    this.#members = members
    members.onEnd(() => {
      for (const [name, waiting] of this.#waiting) this.#review(name, waiting)
    })
  }

  give(party: string, name: string, value: unknown): void {
    this.#members.open(party)
    const given = this.#given.get(name)
    if (given !== undefined && !isDeepStrictEqual(given.value, value)) {
      throw otherValue(party, signalName(name), given.by)
    }
    this.#given.set(name, given ?? { by: party, value })
    this.#members.note(party, 'signalled', name)
    for (const { wait } of [...(this.#waiting.get(name) ?? [])]) wait.succeed(value)
  }

  async waitFor(party: string, name: string, options: SignalOptions = {}): Promise<unknown> {
    const member = this.#members.open(party)
    const given = this.#given.get(name)
    if (given !== undefined) {
      this.#members.note(party, 'noticed', name)
      return given.value
    }
    const { from } = options
    const waiting = this.#waiting.get(name) ?? new Set()
    this.#waiting.set(name, waiting)
    const wait = this.#members.wait<unknown>(member, {
      what: signalName(name),
      options,
      explain: () =>
        from === undefined
          ? `nobody has sent it; ${this.#members.describeOthers(party)}`
          : `it was expected from ${this.#members.describe([from])}`,
      onEnd: (error) => {
        this.#members.note(party, error === undefined ? 'noticed' : 'gave up', name, 'signal')
        waiting.delete(entry)
      },
    })
    const entry: Waiting = { party, from, wait }
    this.#members.note(party, 'arrived', name, 'signal')
    waiting.add(entry)
    this.#review(name, waiting)
    return wait.promise
  }

  /** Releases whoever waits for what nobody is left to give. */
  #review(name: string, waiting: Set<Waiting>): void {
    const idle = new Set([...waiting].map(({ party }) => party))
    for (const { party, from, wait } of [...waiting]) {
      const givers = from === undefined ? this.#giversBeside(party, idle) : [from]
      const gone = givers.map((giver) => this.#members.get(giver))
      const last = gone.findLast((giver) => giver?.failure !== undefined) ?? gone.at(-1)
      if (last === undefined || !gone.every((giver) => giver?.ended)) continue
      wait.fail(releasedBy(vain.signal(signalName(name)), last))
    }
  }

  /** Everybody who could send it: those who wait for it themselves can't. */
  #giversBeside(party: string, idle: ReadonlySet<string>): readonly string[] {
    const companions = this.#members.get(party)?.group?.names ?? []
    return [...new Set([...companions, ...this.#members.names()])].filter((name) => !idle.has(name))
  }
}
