import { delay } from '../clock.ts'
import { deadlineMs } from '../duration.ts'
import type { WaitOptions } from '../coordination/coordinator.ts'
import { Wait } from '../wait.ts'

export interface GroupWait<T> {
  /** What is waited for, such as `barrier "loaded"`. */
  readonly what: string
  readonly options: WaitOptions
  /** Polls once: ends the wait, or says why it is not over yet. */
  readonly poll: (wait: Wait<T>) => Promise<() => string>
  /** Called once it is over, however it ends. */
  readonly onEnd?: (wait: Wait<T>) => void
}

export interface GroupWaitsDetails {
  /** The group, as errors call it. */
  readonly place: string
  /** Deadline of a wait that gives none, in ms. */
  readonly withinMs: number
  /** Gives up every wait. */
  readonly signal: AbortSignal | undefined
  /** Called with what is waited for, each time that this changes; undefined for nothing. */
  readonly onChange: (doing: string | undefined) => void
  /** Done after each poll. */
  readonly between: () => Promise<void>
  /** How many parties there are. */
  readonly crowd: () => number
}

const FIRST_PAUSE_MS = 5
const LONGEST_PAUSE_MS = 100
const LONGER = 1.5
/** So that a group of any size polls 500 times a second at most. */
const PAUSE_MS_PER_PARTY = 2

/** The waits of one party: each polls again and again, at longer and longer intervals, until it is over. */
export class GroupWaits {
  readonly #details: GroupWaitsDetails
  readonly #waits = new Set<Pick<Wait<unknown>, 'what' | 'fail'>>()
  readonly #told = new Map<object, string>()

  constructor(details: GroupWaitsDetails) {
    this.#details = details
  }

  async begin<T>({ what, options, poll, onEnd }: GroupWait<T>): Promise<T> {
    const { place, withinMs, signal } = this.#details
    const signals = [options.signal, signal].filter((one) => one !== undefined)
    const over = new AbortController()
    const told = {}
    let explain = () => 'the server has not answered yet'
    const wait: Wait<T> = new Wait<T>({
      what: `${what} of ${place}`,
      withinMs: deadlineMs(options.within ?? withinMs),
      signal: signals.length === 0 ? undefined : AbortSignal.any(signals),
      explain: () => explain(),
      // The signal may have been aborted before there is a wait.
      onEnd: () => over.abort(),
    })
    over.signal.addEventListener('abort', () => onEnd?.(wait), { once: true })
    this.#waits.add(wait)
    void this.#pollOn(wait, over.signal, async () => {
      explain = await poll(wait)
      if (!over.signal.aborted) this.tell(told, `waiting for ${what}`)
    })
    try {
      return await wait.promise
    } finally {
      this.#waits.delete(wait)
      this.tell(told)
    }
  }

  /** Ends all of them. */
  fail(error: unknown): void {
    for (const wait of [...this.#waits]) wait.fail(error)
  }

  /** Lets the others know what this party does, or no longer does. */
  tell(key: object, doing?: string): void {
    if (this.#told.get(key) === doing) return
    if (doing === undefined) this.#told.delete(key)
    else this.#told.set(key, doing)
    this.#details.onChange([...this.#told.values()].join(', ') || undefined)
  }

  async #pollOn(wait: Pick<Wait<unknown>, 'fail'>, over: AbortSignal, poll: () => Promise<void>): Promise<void> {
    let pause = FIRST_PAUSE_MS
    try {
      while (!over.aborted) {
        await poll()
        if (over.aborted) return
        await this.#details.between()
        await delay(Math.max(pause, this.#details.crowd() * PAUSE_MS_PER_PARTY), undefined, { signal: over })
        pause = Math.min(pause * LONGER, LONGEST_PAUSE_MS)
      }
    } catch (error) {
      if (!over.aborted) wait.fail(error)
    }
  }
}
