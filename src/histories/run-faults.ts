import { delay, performance } from '../clock.ts'
import { Dice, seedOf } from '../data/dice.ts'
import { toMs, type Duration } from '../duration.ts'
import { ConfigError } from '../errors.ts'
import type { FaultSpan } from './history.ts'

/** Something that goes wrong for a while, such as a node that is killed, or a network that stalls. */
export interface Fault {
  /** As the history and the time line have it: `the second node is killed`. */
  readonly name: string
  begin(): Promise<void>
  /** Makes it good again: called once after each `begin()`, however the workload ends. */
  end(): Promise<void>
}

/** Faults beside a workload, one at a time. Which, when and for how long is drawn from the seed of the workload. */
export interface FaultSchedule {
  readonly faults: readonly Fault[]
  /** How long nothing is wrong before each, about: from half of that to one and a half times. Default 200 ms. */
  readonly every?: Duration
  /** How long each lasts, about, as `every`. Default 200 ms. */
  readonly lasting?: Duration
}

interface Surroundings {
  readonly seed: string | number
  /** Aborted when the workload is over. */
  readonly over: AbortSignal
  /** When the history began, by `performance.now()`. */
  readonly sinceMs: number
  readonly note: (what: string) => void
}

/**
 * Begins and ends faults until the workload is over.
 *
 * @returns those that there were.
 * @throws {ConfigError} if there are none, or none began. @throws what a fault throws.
 */
export async function runFaults(
  { faults, every = 200, lasting = 200 }: FaultSchedule,
  { seed, over, sinceMs, note }: Surroundings,
): Promise<FaultSpan[]> {
  const everyMs = toMs(every, 'every')
  const lastingMs = toMs(lasting, 'lasting')
  const dice = new Dice(seedOf('faults', seed)).at(0)
  const spans: FaultSpan[] = []
  const around = (ms: number) =>
    delay(ms * (0.5 + dice.below(1_000) / 1_000), undefined, { signal: over }).catch(() => undefined)
  for (;;) {
    await around(everyMs)
    const fault = faults[dice.below(faults.length)]
    if (over.aborted || fault === undefined) break
    const beganMs = performance.now() - sinceMs
    try {
      note(fault.name)
      await fault.begin()
      await around(lastingMs)
    } finally {
      await fault.end()
      note(`no longer: ${fault.name}`)
    }
    spans.push({ name: fault.name, beganMs, endedMs: performance.now() - sinceMs })
  }
  if (spans.length > 0) return spans
  throw new ConfigError(['faults'], 'the workload was over before a fault began: it proves nothing about faults', {
    hints: ['give it more transactions, the faults a shorter `every`, and at least one fault'],
  })
}
