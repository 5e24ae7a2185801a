import { firstLine } from '../errors.ts'
import { Mailbox } from './mailbox.ts'
import type { Wait } from '../wait.ts'

/** Several parties that begin and end together, such as the sessions of one run. */
export interface Group {
  /** Names of all of them, in their order, those that have not begun included. */
  readonly names: readonly string[]
  /** How many of them can be under way at once. */
  readonly capacity: number
}

export interface MemberDetails {
  /** The run that it belongs to; undefined for one that came by itself. */
  readonly group?: Group | undefined
  /** What it is doing, in a few words, such as the state of its workflow. */
  readonly describe?: (() => string | undefined) | undefined
}

/** What a meeting knows of one party. */
export class Member {
  readonly name: string
  readonly group: Group | undefined
  readonly mailbox: Mailbox
  /** What it waits for now. */
  readonly waits = new Set<Pick<Wait<unknown>, 'what' | 'fail'>>()
  /** True once it did something here: having joined is none. */
  tookPart = false
  #describe: (() => string | undefined) | undefined
  #end: { readonly error: unknown } | undefined

  constructor(name: string, { group, describe }: MemberDetails, onListenerError: (error: unknown) => void) {
    this.name = name
    this.group = group
    this.#describe = describe
    this.mailbox = new Mailbox(onListenerError)
  }

  get ended(): boolean {
    return this.#end !== undefined
  }

  /** What it failed with; undefined if it goes on or ended well. */
  get failure(): unknown {
    return this.#end?.error
  }

  /** Notes how it ended; false if it had ended before. */
  end(error?: unknown): boolean {
    if (this.ended) return false
    this.#end = { error }
    // It holds a session, and with it the buffers of a connection.
    this.#describe = undefined
    return true
  }

  /** How it ended, as in `failed: Connecting failed …`, or what it is doing. */
  describe(): string {
    if (this.#end !== undefined)
      return this.#end.error === undefined ? 'ended' : `failed: ${firstLine(this.#end.error)}`
    const doing = [this.#describe?.(), ...[...this.waits].map(({ what }) => `waiting for ${what}`)]
    return doing.filter((part) => part !== undefined).join(', ') || 'under way'
  }
}
